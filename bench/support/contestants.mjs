/** Who takes part: a file of `application/contestants/` and what it is set up with. */
const contestant = (name, label, more) => ({ name, label, setup: { contestant: name, ...more } });

export const BARE = contestant('bare', 'bare handler');
export const UNDICI = contestant('undici', 'one bare undici call');
export const OURS = contestant('ours', '`nestjs-naver-captcha`');
export const GOOGLE = contestant('google-recaptcha', '`@nestlab/google-recaptcha`');
export const TURNSTILE = contestant('cloudflare-turnstile', '`nest-cloudflare-turnstile`');
export const ALTCHA = contestant('altcha', '`altcha-lib` (asks nobody)');

/** A handler that throws what the guard throws. */
export const bareThrowing = (code) =>
  contestant('bare-throwing', `bare handler that throws \`${code}\``, { code });

export const oursOnRedis = (redis) => ({
  ...contestant('ours', '`nestjs-naver-captcha` on Redis', { redis }),
  name: 'ours-redis',
});
