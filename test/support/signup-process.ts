import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { NaverCaptchaModuleOptions } from 'nestjs-naver-captcha';

import { demoEnvironment } from './demo.ts';
import type { RunningRedis } from './redis.ts';

export interface SignupProcess extends AsyncDisposable {
  readonly url: string;
  /** Whether it is still the process that was started. */
  running(): boolean;
  /** What it complained of. */
  complaints(): string;
}

const PROGRAM = fileURLToPath(new URL('signup-process.mjs', import.meta.url));

/** Starts one process of a site of several. */
export async function startSignupProcess(
  redis: RunningRedis,
  client: 'ioredis' | 'node-redis',
  { baseUrl, clientId, clientSecret, platform, engines, signingSecret }: NaverCaptchaModuleOptions,
): Promise<SignupProcess> {
  const child = spawn(process.execPath, [PROGRAM], {
    env: demoEnvironment({
      REDIS_URL: redis.url,
      REDIS_CLIENT: client,
      NAVER_CAPTCHA_BASE_URL: baseUrl,
      NAVER_CAPTCHA_CLIENT_ID: clientId,
      NAVER_CAPTCHA_CLIENT_SECRET: clientSecret,
      NAVER_CAPTCHA_PLATFORM: platform,
      NAVER_CAPTCHA_SIGNING_SECRET:
        signingSecret === undefined ? undefined : [signingSecret].flat().join(','),
      STANDBY: engines?.includes('standby') === true ? 'alone' : undefined,
      NAVER_CAPTCHA_DAILY_QUOTA: 'Infinity',
      // The machine of the tests is busy; NAVER's slowness is not what they are about.
      NAVER_CAPTCHA_TIMEOUT_MS: '30000',
    }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (text: string) => {
      resolve(text.trim());
    });
    child.once('close', () => {
      reject(new Error(`The process ended:\n${complaints}`));
    });
  });
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    url: `http://127.0.0.1:${port}`,
    running,
    complaints: () => complaints,
    async [Symbol.asyncDispose]() {
      if (!running()) return;
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}
