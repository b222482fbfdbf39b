import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PackedLibrary {
  readonly name: string;
  /** The folder it was packed from. */
  readonly folder: string;
  readonly tarball: string;
  /** The files in it, as their paths in the package. */
  readonly files: readonly string[];
}

export interface PackedLibraries extends AsyncDisposable {
  /** Where the tarballs are; goes with them. */
  readonly folder: string;
  readonly libraries: readonly PackedLibrary[];
}

/** The libraries as `npm publish` would send them, in a folder of their own. */
export async function packLibraries(): Promise<PackedLibraries> {
  const folder = await mkdtemp(join(tmpdir(), 'packed-'));
  const libraries: PackedLibrary[] = [];
  for (const name of ['captcha-media', 'naver-captcha', 'naver-captcha-emulator', 'naver-captcha-widget']) {
    const library = join('libs', name);
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: library,
    });
    // The scripts that npm runs speak first.
    const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [Packed];
    libraries.push({
      name: packed.name,
      folder: library,
      tarball: join(folder, packed.filename),
      files: packed.files.map(({ path }) => path),
    });
  }
  return {
    folder,
    libraries,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { path: string }[];
}
