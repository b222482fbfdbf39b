import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type PackedLibraries, type PackedLibrary, packLibraries } from '../support/packed.ts';

const run = promisify(execFile);

const BOTH_BUILDS = [
  /^(LICENSE|README\.md|package\.json)$/,
  /^dist\/cjs\/[\w./-]+\.(js|d\.ts)(\.map)?$/,
  /^dist\/cjs\/package\.json$/,
  /^src\/[\w./-]+\.ts$/,
];
const MODULES = /^dist\/esm\/[\w./-]+\.(js|d\.ts)(\.map)?$/;
/** Modules that were put together, and their types, which were not. */
const BUNDLE = [/^dist\/bundle\/[\w./-]+\.js(\.map)?$/, /^dist\/esm\/[\w./-]+\.d\.ts(\.map)?$/];

interface Manifest extends Record<string, unknown> {
  readonly exports: Readonly<Record<string, object | string>>;
  readonly typesVersions?: { readonly '*': Readonly<Record<string, readonly string[]>> };
}

interface Expected {
  readonly name: string;
  /** What a file in the package may be; each kind must be there. */
  readonly files: readonly RegExp[];
  /** Rules of `attw` that do not fit, and why. */
  readonly ignored: readonly { readonly rule: string; readonly because: string }[];
}

const EXPECTED: readonly Expected[] = [
  {
    name: 'captcha-media',
    files: [...BOTH_BUILDS, MODULES, /^LICENSES\.md$/, /^README\.ko\.md$/, /^docs\/\w+\.jpg$/],
    ignored: [],
  },
  {
    name: 'nestjs-naver-captcha',
    files: [
      ...BOTH_BUILDS,
      ...BUNDLE,
      /^README\.ko\.md$/,
      /^docs\/apps-and-other-clients\.md$/,
      /^docs\/apps-and-other-clients\.ko\.md$/,
    ],
    ignored: [],
  },
  {
    name: 'naver-captcha-emulator',
    files: [...BOTH_BUILDS, MODULES, /^README\.ko\.md$/],
    ignored: [],
  },
  {
    name: 'naver-captcha-widget',
    files: [
      /^(LICENSE|README\.md|README\.ko\.md|package\.json|customElements\.json)$/,
      /^dist\/[\w.-]+\.(js|d\.ts)(\.map)?$/,
      /^dist\/source\.cjs$/,
      /^src\/[\w.-]+\.ts$/,
      /^types\/(attributes|jsx|preact|source)\.d\.c?ts$/,
    ],
    ignored: [
      {
        rule: 'cjs-resolves-to-esm',
        because:
          'A custom element runs in browsers, and what bundles for them takes ES modules; only /source is for servers.',
      },
    ],
  },
];

let packed: PackedLibraries;

beforeAll(async () => {
  packed = await packLibraries();
}, 60_000);

afterAll(async () => {
  await packed[Symbol.asyncDispose]();
});

describe.each(EXPECTED)('$name, packed', ({ name, files, ignored }) => {
  let library: PackedLibrary;

  beforeAll(() => {
    const found = packed.libraries.find((one) => one.name === name);
    if (found === undefined) throw new Error(`${name} was not packed.`);
    library = found;
  });

  const read = (path: string): string => readFileSync(join(library.folder, path), 'utf8');
  const manifest = (): Manifest => JSON.parse(read('package.json')) as Manifest;

  it('has what is needed and nothing else', () => {
    expect(library.files.filter((path) => !files.some((pattern) => pattern.test(path)))).toEqual([]);
    expect(files.filter((pattern) => !library.files.some((path) => pattern.test(path)))).toEqual([]);
  });

  it('has a file behind every door', () => {
    const { exports, main, types, bin, typesVersions, customElements, sideEffects } = manifest();
    const doors = leaves({ exports, main, types, bin, typesVersions, customElements, sideEffects });
    const paths = doors.filter((leaf) => typeof leaf === 'string').map((leaf) => join(leaf));
    expect(paths.filter((path) => !library.files.includes(path))).toEqual([]);
  });

  it('types every door where TypeScript does not read `exports`', () => {
    const { exports, typesVersions } = manifest();
    const doors = Object.keys(exports).filter((door) => door !== '.' && !door.endsWith('.json'));
    expect(Object.keys(typesVersions?.['*'] ?? {}).sort()).toEqual(doors.map((door) => door.slice(2)).sort());
  });

  it('says where it runs and what a bundler may leave out', () => {
    expect(manifest()).toMatchObject({ engines: { node: '>=20.19' }, license: 'MIT' });
    expect(manifest()).toHaveProperty('sideEffects');
  });

  it('links to no file that it leaves behind', () => {
    for (const page of library.files.filter((path) => path.endsWith('.md'))) {
      const prose = read(page).replaceAll(/^```[^]*?^```$/gm, '');
      const links = [...prose.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = '']) =>
        join(dirname(page), link),
      );
      expect(links.filter((link) => !library.files.includes(link))).toEqual([]);
      expect(read(page)).not.toContain('repository only');
    }
  });

  it('satisfies publint', async () => {
    await succeed('publint/src/cli.js', library.tarball, '--strict');
  });

  it('has the right types for every way to resolve them', async () => {
    const rules = ignored.flatMap(({ rule }) => ['--ignore-rules', rule]);
    await succeed('@arethetypeswrong/cli/dist/index.js', library.tarball, '--format', 'ascii', ...rules);
  }, 60_000);
});

/** Runs a tool of this workspace; what it prints is the error, should it fail. */
async function succeed(script: string, ...args: string[]): Promise<void> {
  await run(process.execPath, [join('node_modules', script), ...args]).catch((error: unknown) => {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${stdout}\n${stderr}`);
  });
}

function leaves(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
}
