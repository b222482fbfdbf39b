import {
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

/** An application whose NAVER is this replay server. */
export async function startReplayedApp(
  naver: ReplayServer | string,
  options: NaverCaptchaModuleOptions = {},
  { imports = [], ...setup }: AppSetup = {},
): Promise<ReplayedApp> {
  const captchas = NaverCaptchaModule.forRoot({
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    baseUrl: typeof naver === 'string' ? naver : naver.url,
    ...options,
  });
  const running = await startApp({ ...setup, imports: [...imports, captchas] });
  return {
    ...running,
    client: running.get(NaverCaptchaClient),
    captcha: running.get(NaverCaptchaService),
  };
}
