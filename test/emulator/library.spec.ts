import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import * as emulatorPackage from 'naver-captcha-emulator';
import {
  EmulatorListenError,
  EmulatorOptionsError,
  startNaverCaptchaEmulator,
  type NaverCaptchaEmulatorOptions,
} from 'naver-captcha-emulator';
import { get, image, issue, shown } from './support/client.ts';
import { startEmulator } from './support/emulators.ts';
import { run } from './support/processes.ts';

describe('the package', () => {
  it('exports these values and no others', () => {
    expect(Object.keys(emulatorPackage).sort()).toEqual([
      'EmulatorFaultError',
      'EmulatorListenError',
      'EmulatorOptionsError',
      'startNaverCaptchaEmulator',
    ]);
  });

  it.each([
    [
      'ES modules',
      [
        '--input-type=module',
        '-e',
        "import { startNaverCaptchaEmulator as s } from 'naver-captcha-emulator'; go(s);",
      ],
    ],
    ['CommonJS', ['-e', "go(require('naver-captcha-emulator').startNaverCaptchaEmulator);"]],
    [
      'the CommonJS build itself',
      [
        '-e',
        `go(require(${JSON.stringify(
          createRequire(import.meta.url)
            .resolve('naver-captcha-emulator')
            .replace(/dist.*/, 'dist/cjs/index.js'),
        )}).startNaverCaptchaEmulator);`,
      ],
    ],
  ])('starts, draws and ends in %s', async (_, [first = '', ...rest]) => {
    const go = `async function go(start) {
      const emulator = await start({ style: 'plain' });
      const headers = { 'X-Naver-Client-Id': emulator.clientId, 'X-Naver-Client-Secret': emulator.clientSecret };
      const { key } = await (await fetch(emulator.url + '/v1/captcha/nkey', { headers })).json();
      const picture = await fetch(emulator.url + '/v1/captcha/ncaptcha.bin?key=' + key, { headers });
      await picture.arrayBuffer();
      console.log(picture.status, emulator.answerOf(key).length > 4);
      await emulator.close();
    }`;
    const code = rest.at(-1) ?? '';
    const args = [first, ...rest.slice(0, -1), first === '-e' ? `${go}\n${code}` : `${code}\n${go}`];
    expect(await run(process.execPath, args)).toMatchObject({ code: 0, stdout: '200 true\n', stderr: '' });
  });
});

describe('the handle', () => {
  it('closes at the end of an await using block', async () => {
    let url: string;
    {
      await using emulator = await startNaverCaptchaEmulator();
      url = emulator.url;
      expect((await get(emulator, image.issue)).status).toBe(200);
    }
    await expect(fetch(url)).rejects.toThrow();
  });

  it('closes immediately with connections open, and a second time', async () => {
    const emulator = await startEmulator();
    emulator.failNext({ fault: 'silence' });
    emulator.failNext({ fault: 'drip' });
    emulator.failNext({ fault: 'latency', latencyMs: 600_000 });
    const left = Array.from({ length: 3 }, () => get(emulator, image.issue).catch(() => 'cut'));
    const events = await fetch(`${emulator.url}/__emulator/events`);
    while (emulator.requests.length < 3) await get(emulator, '/__emulator/health');
    await Promise.all([emulator.close(), emulator.close()]);
    expect(await Promise.all(left)).toEqual(['cut', 'cut', 'cut']);
    await expect(events.text()).rejects.toThrow();
  });

  it('shares no state with another emulator in the process', async () => {
    const [one, two] = await Promise.all([
      startEmulator({ seed: 1, clientId: 'one' }),
      startEmulator({ seed: 1, clientId: 'two' }),
    ]);
    one.failNext({ fault: 'html' });
    const key = await issue(two);
    expect(one.url).not.toBe(two.url);
    expect([one.keys, two.keys.length]).toEqual([[], 1]);
    expect(() => one.answerOf(key)).toThrow();
    expect(
      (await get(two, image.issue, { 'X-Naver-Client-Id': 'one', 'X-Naver-Client-Secret': one.clientSecret }))
        .status,
    ).toBe(401);
    await one.close();
    expect((await get(two, image.issue)).status).toBe(200);
  });

  it('throws for a key it never issued, and names the remedy', async () => {
    const emulator = await startEmulator();
    expect(() => emulator.answerOf('AeJ…sealed')).toThrow(
      /never issued the key "AeJ…sealed".*issue call returned/,
    );
  });

  it('starts again from its seed on reset', async () => {
    const emulator = await startEmulator({ seed: 9, dailyQuota: 2, rateLimitPerSecond: 2 });
    const calls = async () => [await issue(emulator), emulator.keys[0]?.answer, await issue(emulator)];
    const first = await calls();
    expect((await get(emulator, image.issue)).status).toBe(429);
    emulator.reset();
    expect(await calls()).toEqual(first);
    expect(emulator.requests.map(({ id }) => id)).toEqual([1, 2]);
  });

  it('chooses a seed if none is given, and returns it', async () => {
    const [one, two] = await Promise.all([
      startEmulator({ seed: undefined }),
      startEmulator({ seed: undefined }),
    ]);
    expect(one.seed).not.toBe(two.seed);
    const again = await startEmulator({ seed: one.seed });
    expect(await issue(again)).toBe(await issue(one));
  });

  it('passes every finished request to onRequest', async () => {
    const passed: unknown[] = [];
    const emulator = await startEmulator({
      onRequest: (request) => passed.push([request.call, request.status, typeof request.durationMs]),
    });
    await shown(emulator);
    await emulator.close();
    expect(passed).toEqual([
      ['issue', 200, 'number'],
      ['fetch', 200, 'number'],
    ]);
  });

  it('returns copies, so that a caller cannot change its state', async () => {
    const emulator = await startEmulator();
    const key = await issue(emulator);
    Object.assign(emulator.keys[0] ?? {}, { answer: 'X' });
    Object.assign(emulator.requests[0] ?? {}, { status: 1 });
    expect(emulator.answerOf(key)).not.toBe('X');
    expect(emulator.requests[0]?.status).toBe(200);
  });
});

describe('bounds', () => {
  it('drops the oldest keys first', async () => {
    const emulator = await startEmulator({ maxKeys: 3 });
    const keys = [await issue(emulator), await issue(emulator), await issue(emulator), await issue(emulator)];
    expect(emulator.keys.map(({ key }) => key)).toEqual(keys.slice(1).reverse());
    expect(() => emulator.answerOf(keys[0] ?? '')).toThrow(/dropped/);
    expect((await get(emulator, `${image.media}?key=${keys[0]}`)).status).toBe(403);
  });

  it('drops the oldest requests first', async () => {
    const emulator = await startEmulator({ maxRequests: 2 });
    for (let i = 0; i < 7; i += 1) await issue(emulator);
    expect(emulator.requests.map(({ id }) => id)).toEqual([6, 7]);
    const none = await startEmulator({ maxRequests: 0 });
    await issue(none);
    expect(none.requests).toEqual([]);
  });
});

describe('options', () => {
  const refusal = async (options: unknown): Promise<EmulatorOptionsError> => {
    try {
      const emulator = await startNaverCaptchaEmulator(options as NaverCaptchaEmulatorOptions);
      await emulator.close();
    } catch (error) {
      if (error instanceof EmulatorOptionsError) return error;
      throw error;
    }
    throw new Error('It started');
  };

  it('are refused all at once, without the secret', async () => {
    const { problems, message } = await refusal({
      port: 70_000,
      host: '',
      allowedHosts: ['http://naver'],
      clientSecret: 'my secret ✓',
      seed: {},
      clock: {},
      lang: 'fr',
      kinds: ['image', 'video'],
      keyTtlMs: '5',
      answerLength: [6, 5],
      dailyQuota: -1,
      wrongAnswerStatus: 400,
      onRequest: 'log',
      typo: 1,
    });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'port',
      'host',
      'allowedHosts',
      'clientSecret',
      'seed',
      'clock',
      'lang',
      'kinds',
      'keyTtlMs',
      'wrongAnswerStatus',
      'answerLength',
      'dailyQuota',
      'onRequest',
      'typo',
    ]);
    for (const problem of problems) expect(message).toContain(problem);
    expect(message).not.toContain('my secret');
  });

  it('that are not an object are refused', async () => {
    for (const options of [null, 5, 'x', []])
      expect((await refusal(options)).problems).toEqual(['is not an object']);
  });

  it('are the default where they are undefined', async () => {
    const emulator = await startEmulator({ clientId: undefined, keyTtlMs: undefined, style: undefined });
    expect(emulator.clientId).toBe('emulator-client-id');
    const [key] = [await issue(emulator)];
    const { issuedAt = 0, expiresAt = 0 } = emulator.keys.find((one) => one.key === key) ?? {};
    expect(expiresAt - issuedAt).toBe(10_800_000);
  });

  it('name a port in use in one sentence', async () => {
    const emulator = await startEmulator();
    const port = Number(new URL(emulator.url).port);
    await expect(startNaverCaptchaEmulator({ port })).rejects.toThrow(EmulatorListenError);
    await expect(startNaverCaptchaEmulator({ port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`);
  });
});
