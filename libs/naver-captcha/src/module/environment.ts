import type { NaverCaptchaModuleOptions } from './naver-captcha-options.js';

/** The environment variable of each option that has one. */
export const ENVIRONMENT_VARIABLES = {
  clientId: 'NAVER_CAPTCHA_CLIENT_ID',
  clientSecret: 'NAVER_CAPTCHA_CLIENT_SECRET',
  platform: 'NAVER_CAPTCHA_PLATFORM',
  baseUrl: 'NAVER_CAPTCHA_BASE_URL',
  timeoutMs: 'NAVER_CAPTCHA_TIMEOUT_MS',
  signingSecret: 'NAVER_CAPTCHA_SIGNING_SECRET',
  keyTtlMs: 'NAVER_CAPTCHA_KEY_TTL_MS',
  maxAttempts: 'NAVER_CAPTCHA_MAX_ATTEMPTS',
  dailyQuota: 'NAVER_CAPTCHA_DAILY_QUOTA',
} as const satisfies Partial<Record<keyof NaverCaptchaModuleOptions, string>>;

const NUMBERS: ReadonlySet<string> = new Set(['timeoutMs', 'keyTtlMs', 'maxAttempts', 'dailyQuota']);

/** What the environment says, by option; not checked yet. An empty variable is an unset one. */
export function readEnvironment(environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [option, variable] of Object.entries(ENVIRONMENT_VARIABLES)) {
    const text = environment[variable]?.trim();
    if (text === undefined || text === '') continue;
    if (NUMBERS.has(option)) found[option] = /^\d+$/.test(text) ? Number(text) : text;
    else if (option === 'signingSecret') found[option] = text.split(',').map((secret) => secret.trim());
    else found[option] = text;
  }
  return found;
}
