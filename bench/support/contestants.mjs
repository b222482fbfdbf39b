/** Who takes part: the file of `application/contestants/` and what it is set up with. */
const entry = (name, label, more = {}) => ({ name, label, setup: { contestant: name, ...more.setup } });

export const BARE = entry('bare', 'bare handler');
export const UNDICI = entry('undici', 'one bare undici call');
export const OURS = entry('ours', '`nestjs-naver-captcha`');
export const GOOGLE = entry('google-recaptcha', '`@nestlab/google-recaptcha`');
export const TURNSTILE = entry('cloudflare-turnstile', '`nest-cloudflare-turnstile`');
export const ALTCHA = entry('altcha', '`altcha-lib` (asks nobody)');
