import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const CLI = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const CONFIG = resolve('.dependency-cruiser.cjs');
const LIBRARY = 'libs/naver-captcha/src';

/** A file for each room, and what it may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'entries/terminus/a': [
    'module/a',
    'routes/a',
    'guard/a',
    'contexts/a',
    'challenge/a',
    'limits/a',
    'keys/a',
    'store/a',
  ],
  'entries/swagger/a': ['module/a', 'routes/a', 'contexts/a', 'challenge/a', 'limits/a', 'keys/a', 'store/a'],
  'module/a': ['routes/a', 'guard/a', 'contexts/a', 'challenge/a', 'limits/a', 'keys/a', 'store/a'],
  'routes/a': ['contexts/a', 'challenge/a', 'limits/a', 'keys/a'],
  'guard/a': ['contexts/a', 'challenge/a', 'limits/a', 'keys/a'],
  'contexts/a': ['limits/a', 'keys/a'],
  'challenge/a': ['limits/a', 'keys/a'],
  'limits/a': ['keys/a', 'store/a'],
  'keys/a': [],
  'store/a': [],
  'engines/contract': [],
  'engines/naver/a': ['engines/contract'],
  'engines/standby/a': ['engines/contract'],
  events: [],
};
const ABOVE_ENGINES = [
  'entries/terminus/a',
  'entries/swagger/a',
  'module/a',
  'routes/a',
  'guard/a',
  'contexts/a',
  'challenge/a',
  'limits/a',
];
const ENGINES = ['engines/naver/a', 'engines/standby/a'];
const KNOW_ENGINES = ['entries/terminus/a', 'entries/swagger/a', 'module/a', 'limits/a'];

function mayImport(from: string, to: string): boolean {
  if (from === to || to === 'events') return true;
  // The one part of the guard that every room above it uses.
  if (to === 'guard/skip-captcha.decorator') return /^(entries|module|routes|guard)/.test(from);
  if (to === 'engines/contract' && ABOVE_ENGINES.includes(from)) return true;
  if (ENGINES.includes(to) && KNOW_ENGINES.includes(from)) return true;
  return MAY_IMPORT[from]?.includes(to) === true;
}

/** Broken on purpose: a file, its text, and the rule that it breaks. */
const OTHERS: readonly (readonly [rule: string, path: string, text: string])[] = [
  [
    'no-circular',
    `${LIBRARY}/guard/circle-1.ts`,
    "import type { B } from './circle-2.js';\nexport type A = B | 1;\n",
  ],
  ['no-own-barrel', `${LIBRARY}/guard/barrel.ts`, "export * from '../index.js';\n"],
  ['not-reachable', `${LIBRARY}/guard/nobody-imports-this.ts`, 'export const y = 1;\n'],
  [
    'library-and-emulator-apart',
    `${LIBRARY}/guard/emulator.ts`,
    "export * from '../../../naver-captcha-emulator/src/x.js';\n",
  ],
  [
    'library-and-emulator-apart',
    'libs/naver-captcha-emulator/src/library.ts',
    "export * from '../../naver-captcha/src/x.js';\n",
  ],
  ['only-naver-speaks-http', `${LIBRARY}/guard/http.ts`, "import 'undici';\n"],
  ['no-deep-imports-from-nest', `${LIBRARY}/guard/deep.ts`, "import '@nestjs/core/guards/constants.js';\n"],
  ['no-undeclared-dependency', `${LIBRARY}/guard/undeclared.ts`, "import 'left-pad';\n"],
];

const SUPPORT: Readonly<Record<string, string>> = {
  [`${LIBRARY}/guard/circle-2.ts`]: "import type { A } from './circle-1.js';\nexport type B = A | 2;\n",
  'tsconfig.base.json': '{}',
  'package.json': '{"name":"arrows"}',
  'libs/naver-captcha/package.json': '{"name":"x","dependencies":{"undici":"1.0.0","@nestjs/core":"1.0.0"}}',
  'libs/naver-captcha-emulator/src/x.ts': 'export const x = 1;\n',
  [`${LIBRARY}/x.ts`]: 'export const x = 1;\n',
  [`${LIBRARY}/guard/skip-captcha.decorator.ts`]: 'export const x = 1;\n',
  'node_modules/undici/package.json': '{"name":"undici","version":"1.0.0","main":"index.js"}',
  'node_modules/undici/index.js': '',
  'node_modules/@nestjs/core/package.json': '{"name":"@nestjs/core","version":"1.0.0","main":"index.js"}',
  'node_modules/@nestjs/core/index.js': '',
  'node_modules/@nestjs/core/guards/constants.js': '',
  'node_modules/left-pad/package.json': '{"name":"left-pad","version":"1.0.0","main":"index.js"}',
  'node_modules/left-pad/index.js': '',
};

interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

let folder: string;
let violations: readonly Violation[];

/** One tree in which every file imports every room, so that the linter runs once for all tests. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arrows-'));
  for (const [path, text] of Object.entries(SUPPORT)) await write(path, text);
  for (const [, path, text] of OTHERS) await write(path, text);
  const places = [...Object.keys(MAY_IMPORT), 'guard/skip-captcha.decorator'];
  for (const from of Object.keys(MAY_IMPORT)) {
    const imports = places.filter((to) => to !== from).map((to) => `import '${pathBetween(from, to)}';\n`);
    await write(`${LIBRARY}/${from}.ts`, `${imports.join('')}export const x = 1;\n`);
  }
  await write(`${LIBRARY}/index.ts`, "import './entries/terminus/a.js';\nexport const x = 1;\n");
  violations = await lint();
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

function pathBetween(from: string, to: string): string {
  const path = relative(dirname(from), to).replaceAll('\\', '/');
  return `${path.startsWith('.') ? path : `./${path}`}.js`;
}

async function lint(): Promise<Violation[]> {
  const report = await new Promise<string>((done) => {
    const args = [CLI, 'libs', '--config', CONFIG, '--output-type', 'json'];
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (_, stdout) => {
      done(stdout);
    });
  });
  const { summary } = JSON.parse(report) as {
    summary: { violations: { rule: { name: string; severity: string }; from: string; to: string }[] };
  };
  return summary.violations
    .filter(({ rule }) => rule.severity === 'error')
    .map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
}

const path = (place: string): string => `${LIBRARY}/${place}.ts`;

describe('the linter of arrows', () => {
  it.each(Object.keys(MAY_IMPORT))('refuses what %s must not import, and nothing else', (from) => {
    const targets = [...Object.keys(MAY_IMPORT), 'guard/skip-captcha.decorator'].filter((to) => to !== from);
    const refused = targets.filter((to) =>
      violations.some(
        (each) => each.from === path(from) && each.to === path(to) && each.rule !== 'no-circular',
      ),
    );

    expect(refused).toEqual(targets.filter((to) => !mayImport(from, to)));
  });

  it('keeps the main entry point apart from the entry points beside it', () => {
    expect(violations).toContainEqual({
      rule: 'module-points-up',
      from: path('index'),
      to: path('entries/terminus/a'),
    });
  });

  it.each(OTHERS)('fails with %s because of %s', (rule, file) => {
    expect(violations.filter(({ from }) => from === file).map((each) => each.rule)).toContain(rule);
  });

  it('has no rule that was not broken here on purpose', () => {
    const { forbidden } = createRequire(import.meta.url)(CONFIG) as { forbidden: { name: string }[] };
    const broken = new Set(violations.map(({ rule }) => rule));

    expect(forbidden.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([]);
  });
});

describe('the linter of the arrows of the emulator', () => {
  const emulatorSrc = (path: string): string => `libs/naver-captcha-emulator/src/${path}.ts`;
  // A room is a folder, but for the one file.
  const rooms = [
    ['cli', 'cli/x'],
    ['handle', 'handle/x'],
    ['http', 'http/x'],
    ['core', 'core/x'],
    ['options', 'options/x'],
    ['store', 'store/x'],
    ['faults', 'faults/x'],
    ['protocol', 'protocol/x'],
    ['field-reader', 'field-reader'],
    ['media', 'media/pictures/x'],
  ] as const;
  const pathFrom = (from: string, to: string): string =>
    `${'../'.repeat(from.split('/').length - 1)}./${to}.js`;

  /** The report on a tree in which each room imports the room that `neighbour` picks. */
  const lintRooms = (neighbour: (room: number) => number): Promise<string> =>
    lint({
      [emulatorSrc('index')]: "export { x } from './cli/x.js';\n",
      ...Object.fromEntries(
        rooms.map(([, file], room) => {
          const to = rooms[neighbour(room)]?.[1];
          return [
            emulatorSrc(file),
            exporting('x') + (to === undefined ? '' : `export { x as y } from '${pathFrom(file, to)}';\n`),
          ];
        }),
      ),
    });

  describe('where every room imports the room above it', () => {
    let report: string;

    beforeAll(async () => {
      report = await lintRooms((room) => room - 1);
    });

    it.each(rooms.slice(1).map(([name, from], above) => [name, from, rooms[above]?.[1] ?? '']))(
      'fails with emulator-%s-points-up',
      (name, from, to) => {
        expect(report).toContain(
          `error emulator-${name}-points-up: ${emulatorSrc(from)} → ${emulatorSrc(to)}`,
        );
      },
    );
  });

  it('fails where the lowest room imports the highest', async () => {
    const report = await lint({
      [emulatorSrc('media/x')]: importing('../cli/x.js'),
      [emulatorSrc('cli/x')]: exporting('x'),
    });

    expect(report).toContain('error emulator-media-points-up');
  });

  it('fails with emulator-room-unlisted where a folder is in no room', async () => {
    const report = await lint({
      [emulatorSrc('core/x')]: importing('../unlisted/x.js'),
      [emulatorSrc('unlisted/x')]: exporting('x'),
    });

    expect(report).toContain('error emulator-room-unlisted');
  });

  it('lets every room import the room below it', async () => {
    const report = await lintRooms((room) => room + 1);

    expect(report).toContain('no dependency violations found');
  });
});
