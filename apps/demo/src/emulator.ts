import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';

const CREDENTIALS = ['NAVER_CAPTCHA_CLIENT_ID', 'NAVER_CAPTCHA_CLIENT_SECRET'];

/**
 * Starts the emulator and points the environment at it, unless the environment has credentials.
 * @throws Error in production, because the emulator shows every answer, so its captcha protects no form
 */
export async function startEmulatorWithoutCredentials(
  environment: NodeJS.ProcessEnv,
): Promise<NaverCaptchaEmulator | undefined> {
  // If one of the two is missing, the module reports it; the emulator would hide the mistake.
  if (CREDENTIALS.some((name) => (environment[name] ?? '') !== '')) return undefined;
  if (environment['NODE_ENV'] === 'production') {
    throw new Error(
      `The demo needs ${CREDENTIALS.join(' and ')} in production; the emulator is for development.`,
    );
  }
  const emulator = await startNaverCaptchaEmulator();
  reach(emulator, environment);
  return emulator;
}

/** Points the environment at an emulator. */
export function reach(emulator: NaverCaptchaEmulator, environment: NodeJS.ProcessEnv): void {
  Object.assign(environment, {
    NAVER_CAPTCHA_CLIENT_ID: emulator.clientId,
    NAVER_CAPTCHA_CLIENT_SECRET: emulator.clientSecret,
    NAVER_CAPTCHA_PLATFORM: 'developers',
    NAVER_CAPTCHA_BASE_URL: emulator.url,
    DEMO_EMULATOR_URL: emulator.url,
  });
}
