import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const CLI = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const CONFIG = resolve('.dependency-cruiser.cjs');

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arrows-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the linter says of a tree with these files in it. */
async function lint(files: Record<string, string>): Promise<string> {
  await rm(join(folder, 'libs'), { recursive: true, force: true });
  await writeFile(join(folder, 'tsconfig.base.json'), '{}');
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return new Promise((done) => {
    execFile(process.execPath, [CLI, 'libs', '--config', CONFIG], { cwd: folder }, (_, stdout) => {
      done(stdout);
    });
  });
}

const src = (path: string): string => `libs/naver-captcha/src/${path}.ts`;
const exporting = (name: string): string => `export const ${name} = 1;\n`;
const importing = (path: string): string => `import { x } from '${path}';\nexport const y = x;\n`;

describe('the linter of arrows', () => {
  it.each([
    ['naver-points-up', 'naver/a', '../guard/b.js', 'guard/b'],
    ['store-points-up', 'store/a', '../challenge/b.js', 'challenge/b'],
    ['guard-points-up', 'guard/a', '../module/b.js', 'module/b'],
    ['guard-points-up', 'guard/a', '../routes/b.js', 'routes/b'],
    ['challenge-points-up', 'challenge/a', '../guard/b.js', 'guard/b'],
    ['bottom-points-up', 'types', './naver/b.js', 'naver/b'],
    ['module-points-up', 'index', './redis/b.js', 'redis/b'],
    ['naver-and-store-apart', 'naver/a', '../store/b.js', 'store/b'],
    ['naver-and-store-apart', 'store/a', '../naver/b.js', 'naver/b'],
    ['no-own-barrel', 'guard/a', '../index.js', 'index'],
  ])('fails with %s where %s imports %s', async (rule, from, path, to) => {
    const report = await lint({ [src(from)]: importing(path), [src(to)]: exporting('x') });

    expect(report).toContain(`error ${rule}`);
  });

  it('lets a room import the rooms below it', async () => {
    const report = await lint({
      [src('index')]: "export { y } from './guard/a.js';\n",
      [src('guard/a')]: importing('../naver/b.js'),
      [src('naver/b')]: exporting('x'),
    });

    expect(report).toContain('no dependency violations found');
  });

  it('fails on a circle, of types only too', async () => {
    const report = await lint({
      [src('index')]: "export type { A } from './guard/a.js';\n",
      [src('guard/a')]: "import type { B } from './b.js';\nexport interface A { b: B }\n",
      [src('guard/b')]: "import type { A } from './a.js';\nexport interface B { a: A }\n",
    });

    expect(report).toContain('error no-circular');
  });

  it('fails where the library and the emulator meet', async () => {
    const report = await lint({
      [src('index')]: importing('../../naver-captcha-emulator/src/index.js'),
      'libs/naver-captcha-emulator/src/index.ts': exporting('x'),
    });

    expect(report).toContain('error library-and-emulator-apart');
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
