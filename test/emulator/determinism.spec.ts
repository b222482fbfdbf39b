import { expect, it } from '@jest/globals';
import { run } from './support/processes.ts';

/** Issues and fetches in another process, which prints every key, answer and media hash. */
const program = `
import { createHash } from 'node:crypto';
import { startNaverCaptchaEmulator } from 'naver-captcha-emulator';
const emulator = await startNaverCaptchaEmulator({ seed: process.argv[1], clock: { now: () => 0 } });
const headers = { 'X-Naver-Client-Id': emulator.clientId, 'X-Naver-Client-Secret': emulator.clientSecret };
const get = async (path) => Buffer.from(await (await fetch(emulator.url + path, { headers })).arrayBuffer());
const drawn = [];
for (let i = 0; i < 6; i += 1) {
  for (const [issue, media] of [['nkey', 'ncaptcha.bin'], ['skey', 'scaptcha']]) {
    const { key } = JSON.parse((await get('/v1/captcha/' + issue)).toString());
    const body = await get('/v1/captcha/' + media + '?key=' + key);
    drawn.push({
      key,
      answer: emulator.answerOf(key),
      media: createHash('sha256').update(body).digest('hex'),
    });
  }
}
await emulator.close();
console.log(JSON.stringify(drawn));
`;

interface Drawn {
  readonly key: string;
  readonly answer: string;
  readonly media: string;
}

async function draw(seed: string): Promise<Drawn[]> {
  const { stdout, stderr, code } = await run(process.execPath, ['--input-type=module', '-e', program, seed]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Drawn[];
}

it('gives the same keys, answers, pictures and sounds in every process that has the seed', async () => {
  const [first, second, other] = await Promise.all([draw('42'), draw('42'), draw('43')]);
  expect(first).toHaveLength(12);
  expect(second).toEqual(first);
  for (const field of ['key', 'answer', 'media'] as const) {
    expect(new Set([...first, ...other].map((one) => one[field])).size).toBe(24);
  }
});
