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
  readonly libraries: readonly PackedLibrary[];
}

/** The three libraries as `npm publish` would send them, in a folder of their own. */
export async function packLibraries(): Promise<PackedLibraries> {
  const destination = await mkdtemp(join(tmpdir(), 'packed-'));
  const libraries: PackedLibrary[] = [];
  for (const name of ['naver-captcha', 'naver-captcha-emulator', 'naver-captcha-widget']) {
    const folder = join('libs', name);
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', destination], {
      cwd: folder,
    });
    // The scripts that npm runs speak first.
    const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [Packed];
    libraries.push({
      name: packed.name,
      folder,
      tarball: join(destination, packed.filename),
      files: packed.files.map(({ path }) => path),
    });
  }
  return {
    libraries,
    [Symbol.asyncDispose]: () => rm(destination, { recursive: true }),
  };
}

interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { path: string }[];
}
