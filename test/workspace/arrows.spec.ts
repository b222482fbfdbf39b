import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const CLI = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const CONFIG = resolve('.dependency-cruiser.cjs');
const LIBRARY = 'libs/naver-captcha/src';
const EMULATOR = 'libs/naver-captcha-emulator/src';
const MEDIA = 'libs/captcha-media';

/** The rooms of the emulator, a file for each, from the top down: each may import those below it. */
const EMULATOR_ROOMS = [
  'cli/a',
  'handle/a',
  'http/a',
  'core/a',
  'options/a',
  'store/a',
  'faults/a',
  'protocol/a',
  'field-reader',
  'random',
];

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

/** Files that may import captcha-media. */
const MAY_DRAW = [`${LIBRARY}/entries/standby/draw.ts`, `${EMULATOR}/core/draw.ts`];

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
  [
    'library-and-emulator-apart',
    `${LIBRARY}/guard/emulator-by-name.ts`,
    "import 'naver-captcha-emulator';\n",
  ],
  ['media-know-no-protocol', `${MEDIA}/src/protocol.ts`, "export * from '../../naver-captcha/src/x.js';\n"],
  ['media-know-no-protocol', `${MEDIA}/src/protocol-by-name.ts`, "import 'naver-captcha-emulator';\n"],
  ['only-standby-draws', `${LIBRARY}/guard/media.ts`, "import 'captcha-media';\n"],
  ['only-standby-draws', 'libs/naver-captcha-widget/src/media.ts', "import 'captcha-media';\n"],
  [
    'media-by-package-name',
    `${EMULATOR}/core/media.ts`,
    "export * from '../../../captcha-media/src/x.js';\n",
  ],
  ['emulator-room-unlisted', `${EMULATOR}/core/unlisted.ts`, "export * from '../unlisted/a.js';\n"],
  ['only-naver-speaks-http', `${LIBRARY}/guard/http.ts`, "import 'undici';\n"],
  ['no-deep-imports-from-nest', `${LIBRARY}/guard/deep.ts`, "import '@nestjs/core/guards/constants.js';\n"],
  ['no-undeclared-dependency', `${LIBRARY}/guard/undeclared.ts`, "import 'left-pad';\n"],
];

const SUPPORT: Readonly<Record<string, string>> = {
  [`${LIBRARY}/guard/circle-2.ts`]: "import type { A } from './circle-1.js';\nexport type B = A | 2;\n",
  'tsconfig.base.json': '{}',
  'package.json': '{"name":"arrows"}',
  'libs/naver-captcha/package.json': '{"name":"x","dependencies":{"undici":"1.0.0","@nestjs/core":"1.0.0"}}',
  [`${EMULATOR}/x.ts`]: 'export const x = 1;\n',
  [`${EMULATOR}/unlisted/a.ts`]: 'export const x = 1;\n',
  [`${LIBRARY}/x.ts`]: 'export const x = 1;\n',
  [`${MEDIA}/src/x.ts`]: 'export const x = 1;\n',
  [`${MEDIA}/dist/index.js`]: '',
  [`${MEDIA}/package.json`]: '{"name":"captcha-media","exports":"./dist/index.js"}',
  'libs/naver-captcha-emulator/dist/index.js': '',
  'libs/naver-captcha-emulator/package.json': '{"name":"naver-captcha-emulator","exports":"./dist/index.js"}',
  ...Object.fromEntries(MAY_DRAW.map((path) => [path, "import 'captcha-media';\n"])),
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
  for (const name of ['captcha-media', 'naver-captcha-emulator'])
    await symlink(join(folder, 'libs', name), join(folder, 'node_modules', name), 'junction');
  for (const [, path, text] of OTHERS) await write(path, text);
  const rooms = Object.keys(MAY_IMPORT);
  for (const from of rooms) await writeRoom(LIBRARY, from, [...rooms, 'guard/skip-captcha.decorator']);
  for (const from of EMULATOR_ROOMS) await writeRoom(EMULATOR, from, EMULATOR_ROOMS);
  await write(`${LIBRARY}/index.ts`, "import './entries/terminus/a.js';\nexport const x = 1;\n");
  violations = await lint();
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

/** A file that imports all the others. */
async function writeRoom(folderOfRooms: string, from: string, rooms: readonly string[]): Promise<void> {
  const imports = rooms.filter((to) => to !== from).map((to) => `import '${pathBetween(from, to)}';\n`);
  await write(`${folderOfRooms}/${from}.ts`, `${imports.join('')}export const x = 1;\n`);
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

/** The files that the linter refuses to let this file import. */
function refusedBy(from: string, targets: readonly string[]): string[] {
  return targets.filter((to) =>
    violations.some((each) => each.from === from && each.to === to && each.rule !== 'no-circular'),
  );
}

describe('the linter of arrows', () => {
  it.each(Object.keys(MAY_IMPORT))('refuses what %s must not import, and nothing else', (from) => {
    const others = [...Object.keys(MAY_IMPORT), 'guard/skip-captcha.decorator'].filter((to) => to !== from);
    const forbidden = others.filter((to) => !mayImport(from, to));

    expect(refusedBy(path(from), others.map(path))).toEqual(forbidden.map(path));
  });

  it.each(EMULATOR_ROOMS)('refuses what %s of the emulator must not import, and nothing else', (from) => {
    const pathOf = (room: string): string => `${EMULATOR}/${room}.ts`;
    const others = EMULATOR_ROOMS.filter((to) => to !== from).map(pathOf);
    const above = EMULATOR_ROOMS.slice(0, EMULATOR_ROOMS.indexOf(from)).map(pathOf);

    expect(refusedBy(pathOf(from), others)).toEqual(above);
  });

  it('keeps the main entry point apart from the entry points beside it', () => {
    expect(violations).toContainEqual({
      rule: 'module-points-up',
      from: path('index'),
      to: path('entries/terminus/a'),
    });
  });

  it.each(MAY_DRAW)('lets %s import captcha-media', (file) => {
    expect(violations.filter(({ from, to }) => from === file && to.startsWith(MEDIA))).toEqual([]);
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
