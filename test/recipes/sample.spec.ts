import { readFile } from 'node:fs/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { NaverCaptchaModule } from 'nestjs-naver-captcha';

import { type Adapter, ADAPTERS, type RunningApp, startApp } from '../support/app.ts';
import { reaching } from '../support/signup.ts';
import { SampleController } from './sample.controller.ts';

let emulator: NaverCaptchaEmulator;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 12 });
});

afterEach(() => emulator.close());

function start(adapter: Adapter): Promise<RunningApp> {
  return startApp({
    adapter,
    imports: [NaverCaptchaModule.forRoot(reaching(emulator))],
    controllers: [SampleController],
  });
}

const get = (app: RunningApp, path: string, query: Record<string, string> = {}): Promise<Response> =>
  fetch(`${app.url}/captcha/${path}?${new URLSearchParams(query).toString()}`);

async function issue(app: RunningApp): Promise<string> {
  const { key } = (await (await get(app, 'nkey')).json()) as { key: string };
  return key;
}

/** A key whose picture was fetched. */
async function show(app: RunningApp): Promise<string> {
  const key = await issue(app);
  await (await get(app, 'image', { key })).arrayBuffer();
  return key;
}

describe.each(ADAPTERS)('the recipe for pages made for NAVER’s Node.js sample, on %s', (adapter) => {
  it('answers as the sample does: key, picture, result', async () => {
    await using app = await start(adapter);
    const issued = await get(app, 'nkey');
    const body = (await issued.json()) as { key: string };
    expect(issued.status).toBe(200);
    expect(body).toEqual({ key: expect.stringMatching(/^[A-Za-z0-9]{16}$/) });

    const picture = await get(app, 'image', body);
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
    expect(Buffer.from(await picture.arrayBuffer()).subarray(0, 3)).toEqual(Buffer.of(0xff, 0xd8, 0xff));

    const right = await get(app, 'result', { ...body, value: emulator.answerOf(body.key) });
    expect(right.status).toBe(200);
    expect(await right.json()).toEqual({ result: true, responseTime: expect.any(Number) });
    expect(right.headers.get('cache-control')).toBe('no-store');
  });

  it('says false to a wrong answer', async () => {
    await using app = await start(adapter);

    const reply = await get(app, 'result', { key: await show(app), value: 'WRONG' });

    expect(reply.status).toBe(200);
    expect(await reply.json()).toMatchObject({ result: false });
  });

  it.each([
    ['a key used before', async (app: RunningApp) => show(app), 2],
    ['a key NAVER never issued', async () => 'A'.repeat(16), 1],
    ['a key whose picture was never fetched', issue, 1],
  ])('refuses %s with a code', async (_, keyOf, times) => {
    await using app = await start(adapter);
    const key = await keyOf(app);
    let reply = new Response();
    for (let time = 0; time < times; time += 1) reply = await get(app, 'result', { key, value: 'WRONG' });

    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ code: expect.stringMatching(/^CAPTCHA_/) });
  });

  it.each([
    ['image', ''],
    ['image', '?key='],
    ['image', '?key=no&key=no'],
    ['image', '?key[a]=1'],
    ['image', '?key=../../nkey?code=0'],
    ['image', `?key=${'A'.repeat(7000)}`],
    ['image', '?key=%00AAAAAAAAAAAAAAA'],
    ['result', '?key=AAAAAAAAAAAAAAAA'],
    ['result', '?key=AAAAAAAAAAAAAAAA&value='],
    ['result', '?key=AAAAAAAAAAAAAAAA&value=%ED%95%9C%EA%B8%80'],
    ['result', '?key=AAAAAAAAAAAAAAAA&value=a&value=b'],
    ['result', '?key=AAAAAAAAAAAAAAAA%26code%3D0&value=a'],
    ['result', `?key=AAAAAAAAAAAAAAAA&value=${'a'.repeat(7000)}`],
  ])('refuses /%s%s without asking NAVER', async (path, query) => {
    await using app = await start(adapter);

    const { status } = await fetch(`${app.url}/captcha/${path}${query}`);

    expect(status).toBe(400);
    expect(emulator.requests).toEqual([]);
  });

  it('says 503 where NAVER cannot be asked', async () => {
    await using app = await start(adapter);
    emulator.failNext({ fault: 'system-error', times: 2 });

    expect((await get(app, 'nkey')).status).toBe(503);
  });
});

describe.each(['README.md', 'README.ko.md'])('%s', (page) => {
  it('shows the recipe that is tested here', async () => {
    const recipe = await readFile('test/recipes/sample.controller.ts', 'utf8');

    expect(await readFile(page, 'utf8')).toContain(`\`\`\`ts\n${recipe}\`\`\``);
  });
});
