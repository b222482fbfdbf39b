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
