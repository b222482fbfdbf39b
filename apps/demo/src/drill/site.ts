import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS, type CaptchaEvent } from 'nestjs-naver-captcha';
import type { Observable } from 'rxjs';

import { AppModule } from '../app.module.js';
import { configure } from '../create-app.js';
import { reach } from '../emulator.js';
import type { DrillClock } from './drill-clock.js';
import type { Tally } from './tally.js';

/** The demo on an emulator, both on the clock of the drill. */
export interface Site extends AsyncDisposable {
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly emulator: NaverCaptchaEmulator;
}

/** Starts the demo. Calls to NAVER and the engines of challenges go to the tally. */
export async function startSite(clock: DrillClock, seed: string, tally: Tally): Promise<Site> {
  const emulator = await startNaverCaptchaEmulator({
    clock,
    seed,
    style: 'plain',
    // The library keeps the quota; the emulator shows whether it does.
    dailyQuota: 1000,
    onRequest: ({ call, fault }) => {
      if (call !== 'fetch' && call !== undefined && fault === undefined) tally.count('calls');
    },
  });
  reach(emulator, process.env);
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(CAPTCHA_CLOCK)
    .useValue(clock)
    .compile();
  const app = module.createNestApplication<NestExpressApplication>(new ExpressAdapter(), {
    logger: false,
    forceCloseConnections: true,
  });
  // The people and robots of the drill are on this machine, and say in X-Forwarded-For where they come from.
  app.set('trust proxy', 'loopback');
  configure(app);
  await app.listen(0, '127.0.0.1');
  return {
    url: await app.getUrl(),
    app,
    emulator,
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await emulator.close();
    },
  };
}

/** The engine of each challenge, as the module's events tell it. */
export function watchEngines({ app }: Site, seen: (engine: 'naver' | 'standby') => void): void {
  app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS).subscribe((event) => {
    if (event.type === 'challenge.issued' && event.engine !== 'work') seen(event.engine);
  });
}
