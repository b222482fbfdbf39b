import { expect, it } from '@jest/globals';
import { type CaptchaStandby, NaverCaptchaModule, NaverCaptchaService } from 'nestjs-naver-captcha';

import { type RunningApp, startApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';

const MOST_WAITING = 64;

/** An application without NAVER whose pictures call back when they are drawn. */
function start(draws: () => void, logger = new KeptLogs()): Promise<RunningApp> {
  const media = { contentType: 'image/jpeg', body: Buffer.from('a picture') };
  const make = (): Promise<typeof media> => {
    draws();
    return Promise.resolve(media);
  };
  const standby: CaptchaStandby = {
    load: () => Promise.resolve({ alphabet: 'B', draw: make, speak: make }),
  };
  return startApp({
    logger,
    imports: [
      NaverCaptchaModule.forRoot({
        engines: ['standby'],
        standby,
        signingSecret: 'a signing secret'.repeat(2),
      }),
    ],
  });
}

/** Asks for so many pictures or sounds at once. @returns what became of each */
async function fetchMany(app: RunningApp, count: number): Promise<PromiseSettledResult<unknown>[]> {
  const service = app.get(NaverCaptchaService);
  const challenges = await Promise.all(
    Array.from({ length: count }, (_, at) =>
      service.createChallenge({ kind: at % 2 === 0 ? 'image' : 'audio' }),
    ),
  );
  return Promise.allSettled(challenges.map(({ key }) => service.fetchMedia(key)));
}

it('draws one picture or sound in a turn of the event loop, so that other requests are served between', async () => {
  let turn = 0;
  const count = (): void => {
    turn += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  const drawnIn: number[] = [];
  await using app = await start(() => drawnIn.push(turn));

  await fetchMany(app, 30);
  clearImmediate(counting);

  expect(drawnIn).toHaveLength(30);
  expect(new Set(drawnIn).size).toBe(30);
});

it('refuses with 503 and a line what would wait for more than a second, and draws again after that', async () => {
  const logger = new KeptLogs();
  await using app = await start(() => undefined, logger);

  const fetched = await fetchMany(app, MOST_WAITING + 6);
  const refused = fetched.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );

  expect(refused).toHaveLength(6);
  for (const error of refused)
    expect(error).toMatchObject({ code: 'CAPTCHA_UNAVAILABLE', origin: 'standby' });
  expect(logger.of('warn').join('\n')).toContain('Lower issueLimit');
  expect((await fetchMany(app, 1))[0]).toMatchObject({ status: 'fulfilled' });
});
