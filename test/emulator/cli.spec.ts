import { describe, expect, it } from '@jest/globals';
import { startEmulator } from './support/emulators.ts';
import { run, start } from './support/processes.ts';

const main = 'apps/emulator/dist/main.js';
const bin = 'libs/naver-captcha-emulator/dist/esm/cli/main.js';
const bare = { PATH: process.env['PATH'] };

const lines = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const listening = async (says: (text: string) => Promise<string>): Promise<Record<string, unknown>> => {
  const line = lines(await says('"listening"')).find(({ event }) => event === 'listening');
  if (line === undefined) throw new Error('It never listened');
  return line;
};

describe.each([main, bin])('%s', (program) => {
  it('serves with the settings of its flags, logs JSON lines and ends cleanly on SIGTERM', async () => {
    const args = [
      '--port',
      '0',
      '--client-id',
      'my-id',
      '--client-secret',
      'my-secret',
      '--lang',
      'ko',
      '--seed',
      '42',
    ];
    const { child, ended, says } = start(process.execPath, [program, ...args], bare);
    const { url, clientId, clientSecret, seed } = await listening(says);
    expect([clientId, clientSecret, seed]).toEqual(['my-id', '(as you set it)', '42']);
    const headers = { 'X-Naver-Client-Id': 'my-id', 'X-Naver-Client-Secret': 'my-secret' };
    const reply = await fetch(`${String(url)}/v1/captcha/nkey?code=0`, { headers });
    const twin = await startEmulator({ seed: 42 });
    const expected = await fetch(`${twin.url}/v1/captcha/nkey`, {
      headers: { 'X-Naver-Client-Id': twin.clientId, 'X-Naver-Client-Secret': twin.clientSecret },
    });
    expect(await reply.text()).toBe(await expected.text());
    await says('"request"');
    child.kill('SIGTERM');
    const { code, signal, stdout, stderr } = await ended;
    expect([code, signal, stderr]).toEqual([0, null, '']);
    expect(lines(stdout).map(({ event }) => event)).toEqual(['listening', 'request', 'closed']);
    expect(stdout).not.toContain('my-secret');
  });
});

it('reads the environment, and the command line takes precedence', async () => {
  const { child, ended, says } = start(process.execPath, [main, '--client-id', 'from-flag', '--quiet'], {
    ...bare,
    NAVER_CAPTCHA_EMULATOR_PORT: '0',
    NAVER_CAPTCHA_EMULATOR_CLIENT_ID: 'from-environment',
    NAVER_CAPTCHA_EMULATOR_SEED: 'seed-of-environment',
    NAVER_CAPTCHA_EMULATOR_DAILY_QUOTA: '1',
    NAVER_CAPTCHA_EMULATOR_CASE_SENSITIVE: 'true',
    NAVER_CAPTCHA_EMULATOR_HOST: '',
  });
  const { url, clientId, clientSecret, seed } = await listening(says);
  expect([clientId, clientSecret, seed]).toEqual([
    'from-flag',
    'emulator-client-secret',
    'seed-of-environment',
  ]);
  const headers = { 'X-Naver-Client-Id': 'from-flag', 'X-Naver-Client-Secret': 'emulator-client-secret' };
  const statuses = [];
  for (let i = 0; i < 2; i += 1)
    statuses.push((await fetch(`${String(url)}/v1/captcha/nkey`, { headers })).status);
  expect(statuses).toEqual([200, 429]);
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  expect([code, lines(stdout).map(({ event }) => event)]).toEqual([0, ['listening', 'closed']]);
});

it('starts with an env file and a script of Windows line ends', async () => {
  const { child, ended, says } = start(process.execPath, [main, '--style', 'plain\r'], {
    ...bare,
    NAVER_CAPTCHA_EMULATOR_PORT: '0\r',
    NAVER_CAPTCHA_EMULATOR_HOST: '127.0.0.1\r',
    NAVER_CAPTCHA_EMULATOR_KINDS: 'image,audio\r',
    NAVER_CAPTCHA_EMULATOR_ANSWER_LENGTH: '5-7\r',
    NAVER_CAPTCHA_EMULATOR_CASE_SENSITIVE: 'true\r',
    NAVER_CAPTCHA_EMULATOR_CLIENT_SECRET: ' my-secret\r',
    NAVER_CAPTCHA_EMULATOR_SEED: '\r',
  });
  const { url, clientId } = await listening(says);
  const headers = { 'X-Naver-Client-Id': String(clientId), 'X-Naver-Client-Secret': 'my-secret' };
  expect((await fetch(`${String(url)}/v1/captcha/nkey`, { headers })).status).toBe(200);
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

it('prints its help', async () => {
  const { code, stdout } = await run(process.execPath, [main, '--help'], bare);
  expect(code).toBe(0);
  for (const text of ['--port', '--client-secret', '--lang', '--seed', 'NAVER_CAPTCHA_EMULATOR_CLIENT_ID']) {
    expect(stdout).toContain(text);
  }
});

it('warns when other machines can reach it', async () => {
  const { child, ended, says } = start(process.execPath, [main, '--port', '0', '--host', '0.0.0.0'], bare);
  expect((await listening(says))['url']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  child.kill('SIGTERM');
  expect((await ended).stderr).toMatch(
    /listens on 0\.0\.0\.0: every client that reaches .* can read every answer/,
  );
});

describe('one clear sentence and exit code 1', () => {
  it('for a port in use', async () => {
    const emulator = await startEmulator();
    const { port } = new URL(emulator.url);
    expect(await run(process.execPath, [main, '--port', port], bare)).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: `Port ${port} on 127.0.0.1 is in use: stop the process that uses it, or choose another port.\n`,
    });
  });

  it.each([
    [['--nope'], "Unknown option '--nope'. See --help.\n"],
    [
      ['--port', 'x', '--answer-length', '7-5'],
      /^naver-captcha-emulator cannot start: --port must be .*; --answer-length must be .*\. See --help\.\n$/,
    ],
    [
      ['--port', '3000\r\n4010'],
      /^naver-captcha-emulator cannot start: --port must be a whole number from 0 to 65535\. See --help\.\n$/,
    ],
    [
      ['--style', 'baroque'],
      /^naver-captcha-emulator cannot start: --style must be one of .*\. See --help\.\n$/,
    ],
    [
      ['--host', '192.0.2.1', '--port', '0'],
      '192.0.2.1 is not an address of this machine: choose another host, like 127.0.0.1.\n',
    ],
  ])('for %j', async (args, sentence) => {
    const { code, stdout, stderr } = await run(process.execPath, [main, ...args], bare);
    expect([code, stdout]).toEqual([1, '']);
    if (typeof sentence === 'string') expect(stderr).toBe(sentence);
    else expect(stderr).toMatch(sentence);
  });

  it('without the secret that was given', async () => {
    const { stderr } = await run(process.execPath, [main, '--client-secret', 'top secret ✓'], bare);
    expect(stderr).toContain('--client-secret must be');
    expect(stderr).not.toContain('top secret');
  });
});
