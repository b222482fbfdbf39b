import type { CaptchaStandby } from 'nestjs-naver-captcha';

import { postJson, type RunningApp } from './app.ts';

/** A standby whose pictures and sounds are their text and seed, so that a test can read them. */
export function readableStandby(): CaptchaStandby {
  return {
    load: () =>
      Promise.resolve({
        alphabet: 'BCDFGHJK',
        draw: (text, seed) =>
          Promise.resolve({
            contentType: 'image/jpeg',
            body: Buffer.from(`${text} ${seed.toString('hex')}`),
          }),
        speak: (text, seed) =>
          Promise.resolve({ contentType: 'audio/wav', body: Buffer.from(`${text} ${seed.toString('hex')}`) }),
      }),
  };
}

export interface Challenge {
  readonly key: string;
  readonly kind: string;
}

/** Asks the routes for a challenge. */
export async function ask({ url }: RunningApp, body: object = {}): Promise<Challenge> {
  const reply = await postJson(`${url}/captcha`, body);
  if (reply.status !== 201) throw new Error(`POST /captcha: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body as Challenge;
}

/** The picture or sound that the routes send for a key. */
export async function mediaOf({ url }: RunningApp, { key }: Challenge): Promise<Buffer> {
  const reply = await fetch(`${url}/captcha/media?${new URLSearchParams({ key })}`);
  const body = Buffer.from(await reply.arrayBuffer());
  if (reply.status !== 200) throw new Error(`GET /captcha/media: ${reply.status} ${body.toString()}`);
  return body;
}

/** What a visitor sends who reads a picture of {@link readableStandby}. Throws if it is a picture of another engine. */
export async function readAnswer(
  app: RunningApp,
  challenge: Challenge,
): Promise<{ captchaKey: string; captchaValue: string }> {
  const [text = '', seed = ''] = (await mediaOf(app, challenge)).toString('latin1').split(' ');
  if (!/^[0-9a-f]{64}$/.test(seed)) throw new Error('This is no picture of the standby.');
  return { captchaKey: challenge.key, captchaValue: text };
}
