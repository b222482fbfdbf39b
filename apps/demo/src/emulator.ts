import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';

const CREDENTIALS = ['NAVER_CAPTCHA_CLIENT_ID', 'NAVER_CAPTCHA_CLIENT_SECRET'];

/**
 * Starts the emulator and points the environment at it, unless the environment has credentials.
 * @throws Error in production, where forms that anybody can pass must not open by mistake
 */
export async function startEmulatorWithoutCredentials(
  environment: NodeJS.ProcessEnv,
): Promise<NaverCaptchaEmulator | undefined> {
  // One of the two is a slip, and the module says so better than an emulator would.
  if (CREDENTIALS.some((name) => (environment[name] ?? '') !== '')) return undefined;
  if (environment['NODE_ENV'] === 'production') {
    throw new Error(
      `The demo needs ${CREDENTIALS.join(' and ')} in production; the emulator is for development.`,
    );
  }
  const emulator = await startNaverCaptchaEmulator();
  Object.assign(environment, {
    NAVER_CAPTCHA_CLIENT_ID: emulator.clientId,
    NAVER_CAPTCHA_CLIENT_SECRET: emulator.clientSecret,
    NAVER_CAPTCHA_PLATFORM: 'developers',
    NAVER_CAPTCHA_BASE_URL: emulator.url,
    DEMO_EMULATOR_URL: emulator.url,
  });
  return emulator;
}
