import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { isRecord } from '../unknown-values.js';

/** The versions of `@nestjs/axios` that fit each version of Nest; the first is what its users should install. */
const FITTING: Readonly<Record<number, readonly [number, ...number[]]>> = { 10: [3, 4], 11: [4], 12: [12] };
/** From this version on, `@nestjs/axios` has ES modules only. */
const FIRST_WITHOUT_COMMONJS = 12;

/**
 * Returns a warning if the installed version of `@nestjs/axios` does not fit the one of Nest: its peer range takes them
 * all, so npm installs the newest one. Returns undefined if they fit, or if their versions cannot be read.
 */
export function unfitAxios(): string | undefined {
  const nest = installedVersion('@nestjs/core');
  const axios = installedVersion('@nestjs/axios');
  const fitting = FITTING[majorOf(nest)];
  if (axios === undefined || nest === undefined || fitting === undefined) return undefined;
  if (fitting.includes(majorOf(axios))) return undefined;
  const reason =
    majorOf(axios) >= FIRST_WITHOUT_COMMONJS
      ? ' It has ES modules only, which Jest and other CommonJS tools cannot load as Nest sets them up.'
      : '';
  return (
    `@nestjs/axios ${axios} is not made for the installed Nest ${nest}.${reason} ` +
    `Run \`npm install @nestjs/axios@${fitting[0]}\`.`
  );
}

function majorOf(version: string | undefined): number {
  return Number.parseInt(version ?? '', 10);
}

/** The version that the application finds from its main script, else from the working directory. */
function installedVersion(name: string): string | undefined {
  return versionFrom(() => process.argv[1], name) ?? versionFrom(() => join(process.cwd(), 'main.js'), name);
}

function versionFrom(main: () => string | undefined, name: string): string | undefined {
  try {
    // Not by require(): `@nestjs/axios` 12 does not export its package.json.
    for (const folder of createRequire(main() ?? '').resolve.paths(name) ?? []) {
      const version = readVersion(join(folder, name, 'package.json'));
      if (version !== undefined) return version;
    }
  } catch {
    // There is no main script, or no working directory: nothing here may stop the application from starting.
  }
  return undefined;
}

function readVersion(path: string): string | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isRecord(manifest) && typeof manifest['version'] === 'string' ? manifest['version'] : undefined;
  } catch {
    return undefined;
  }
}
