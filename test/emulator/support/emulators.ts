import { afterEach } from '@jest/globals';
import {
  startNaverCaptchaEmulator,
  type NaverCaptchaEmulator,
  type NaverCaptchaEmulatorOptions,
} from 'naver-captcha-emulator';

const running: NaverCaptchaEmulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

/** An emulator that ends with the test. */
export async function startEmulator(
  options: NaverCaptchaEmulatorOptions = {},
): Promise<NaverCaptchaEmulator> {
  const emulator = await startNaverCaptchaEmulator({ seed: 'tests', ...options });
  running.push(emulator);
  return emulator;
}
