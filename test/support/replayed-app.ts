import { HttpModule, HttpService } from '@nestjs/axios';
import {
  CAPTCHA_CALL_GATES,
  NaverCaptchaClient,
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  NaverCaptchaService,
} from 'nestjs-naver-captcha';

import { type AppSetup, type RunningApp, startApp } from './app.ts';
import type { ReplayServer } from './replay-server.ts';

export const CLIENT_ID = 'test-client-id';
export const CLIENT_SECRET = 'test-client-secret';

export interface ReplayedApp extends RunningApp {
  readonly client: NaverCaptchaClient;
  readonly captcha: NaverCaptchaService;
}

export interface ReplayedSetup extends AppSetup {
  /**
   * Whether quota, breaker and report stand around the calls, as they do in an application.
   * @default false: what they do is shown elsewhere, and here they would end a series of bad replies
   */
  readonly gated?: boolean;
  /**
   * Whether calls go through the application's HttpService, in the one line that the README shows.
   * @default false
   */
  readonly throughHttpService?: boolean;
}

/** An application whose NAVER is this replay server. */
export async function startReplayedApp(
  naver: ReplayServer | string,
  options: NaverCaptchaModuleOptions = {},
  { imports = [], gated = false, throughHttpService = false, ...setup }: ReplayedSetup = {},
): Promise<ReplayedApp> {
  const settings: NaverCaptchaModuleOptions = {
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    baseUrl: typeof naver === 'string' ? naver : naver.url,
    ...options,
  };
  const captchas = throughHttpService
    ? NaverCaptchaModule.forRootAsync({
        imports: [HttpModule],
        inject: [HttpService],
        useFactory: (httpService: HttpService) => ({ ...settings, httpService }),
      })
    : NaverCaptchaModule.forRoot(settings);
  const { override = (builder) => builder } = setup;
  const running = await startApp({
    ...setup,
    imports: [...imports, captchas],
    override: (builder) =>
      override(gated ? builder : builder.overrideProvider(CAPTCHA_CALL_GATES).useValue([])),
  });
  return {
    ...running,
    client: running.get(NaverCaptchaClient),
    captcha: running.get(NaverCaptchaService),
  };
}
