// Installs what the benchmarks need: the peers from the lock file, and the libraries of this repository as npm would
// publish them, so that they run on the peers' Nest, of which there is one copy.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..');
const MODULES = join(HERE, 'node_modules');
const PACKED = join(MODULES, '.packed');
const LIBRARIES = ['nestjs-naver-captcha', 'naver-captcha-widget'];

const npm = (args, cwd) =>
  execFileSync('npm', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });

if (peersAreOld()) {
  console.log('Installing the peers …');
  // The readers of pictures bring binaries in their packages; their scripts would download more.
  npm(['ci', '--include=dev', '--ignore-scripts', '--loglevel=error'], HERE);
  writeFileSync(join(MODULES, '.peers'), digest(join(HERE, 'package-lock.json')));
}
installLibraries();
assertOneNest();

function peersAreOld() {
  const installed = join(MODULES, '.peers');
  return (
    !existsSync(installed) || readFileSync(installed, 'utf8') !== digest(join(HERE, 'package-lock.json'))
  );
}

function installLibraries() {
  mkdirSync(PACKED, { recursive: true });
  const tarballs = LIBRARIES.map((name) => {
    const [{ filename }] = JSON.parse(
      npm(['pack', '--json', '--silent', '--pack-destination', PACKED, '--workspace', name], ROOT),
    );
    const packed = join(PACKED, filename);
    // npm takes a file of the same name for the same package.
    const named = join(PACKED, `${name}-${digest(packed).slice(0, 16)}.tgz`);
    renameSync(packed, named);
    return named;
  });
  const note = join(PACKED, 'installed.json');
  const wanted = JSON.stringify(tarballs);
  if (existsSync(note) && readFileSync(note, 'utf8') === wanted && LIBRARIES.every(isThere)) return;
  for (const name of LIBRARIES) rmSync(join(MODULES, name), { recursive: true, force: true });
  npm(['install', '--no-save', '--loglevel=error', ...tarballs], HERE);
  writeFileSync(note, wanted);
}

function isThere(name) {
  return existsSync(join(MODULES, name, 'package.json'));
}

/** Guards and exceptions of two copies of Nest do not know each other: the figures would mean nothing. */
function assertOneNest() {
  const places = new Set(
    ['nestjs-naver-captcha', '@nestlab/google-recaptcha', 'nest-cloudflare-turnstile', 'altcha-lib'].map(
      (name) => createRequire(join(MODULES, name, 'package.json')).resolve('@nestjs/common'),
    ),
  );
  if (places.size !== 1) throw new Error(`There is more than one Nest: ${[...places].join(', ')}`);
}

function digest(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
