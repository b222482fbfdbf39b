// Brings a fresh clone to where it can be built and tested. Needs nothing but Node.js and npm.
//   node scripts/setup.mjs            packages
//   node scripts/setup.mjs --browser  packages, and a browser for the tests
//   node scripts/setup.mjs --redis    packages, and a Redis for the tests
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { platform } from 'node:process';

import { findChromium } from './find-chromium.mjs';
import { findRedisServer } from './find-redis-server.mjs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node.js 20.19 or later is needed; this is ${process.versions.node}.`);
}

if (packagesAreOld()) {
  console.log('Installing packages …');
  // Building needs the development packages, also where NODE_ENV is "production".
  run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
}

if (process.argv.includes('--browser') && findChromium() === undefined) {
  console.log('Installing a browser for the tests …');
  installChromium();
  if (findChromium() === undefined) {
    fail('The tests need Chrome or Chromium: install one, or set CHROMIUM_PATH to its executable.');
  }
}

if (process.argv.includes('--redis') && findRedisServer() === undefined) {
  installRedis();
  if (findRedisServer() === undefined) {
    fail(
      'The tests need a Redis server: install one, so that `redis-server` is on PATH, or set REDIS_SERVER_PATH to its ' +
        'executable.',
    );
  }
}

function packagesAreOld() {
  const installed = 'node_modules/.package-lock.json';
  // npm writes both within moments of each other, in either order.
  return (
    !existsSync(installed) || statSync('package-lock.json').mtimeMs > statSync(installed).mtimeMs + 10_000
  );
}

function installChromium() {
  try {
    if (canInstallFromDebian()) {
      installFromDebian('chromium', 'fonts-nanum');
    } else {
      run('npx', ['playwright-core', 'install', 'chromium-headless-shell', 'chromium']);
    }
  } catch {
    // The caller checks whether there is one now.
  }
}

function installRedis() {
  if (!canInstallFromDebian() || process.env['REDIS_SERVER_PATH']) return;
  console.log('Installing a Redis server for the tests …');
  try {
    installFromDebian('redis-server');
  } catch {
    // The caller checks whether there is one now.
  }
}

function canInstallFromDebian() {
  return platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

function installFromDebian(...names) {
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names]);
}

function run(command, args) {
  execFileSync(command, args, {
    stdio: 'inherit',
    shell: platform === 'win32',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
