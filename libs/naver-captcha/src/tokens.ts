// Symbol.for, so that two copies of this package in one process use the same tokens. Nest names a token that it does not
// find by this text, and nothing else, so those that a missing module leaves out say what to do.

/** The provider of the options, checked and frozen: `ResolvedCaptchaOptions`. */
export const CAPTCHA_OPTIONS = Symbol.for('nestjs-naver-captcha/options');

/** The provider of the time: `CaptchaClock`. */
export const CAPTCHA_CLOCK = Symbol.for('nestjs-naver-captcha/clock');

/** The provider of random bytes: `CaptchaRandom`. */
export const CAPTCHA_RANDOM = Symbol.for('nestjs-naver-captcha/random');

/** The provider of the store of used keys and counts: `CaptchaStore`. */
export const CAPTCHA_STORE = Symbol.for('nestjs-naver-captcha/store');

/** The provider of the module's events: an rxjs `Observable<CaptchaEvent>`. */
export const CAPTCHA_EVENTS = Symbol.for('nestjs-naver-captcha/events');

/** The provider of the gates that run around every call to NAVER: `readonly CallGate[]`. */
export const CAPTCHA_CALL_GATES = Symbol.for('nestjs-naver-captcha/call-gates');

/** The provider of what makes and opens keys: `CaptchaKeys`. */
export const CAPTCHA_KEYS = Symbol.for('nestjs-naver-captcha/keys');

/** The provider of what makes challenges and compares answers: `CaptchaEngine`. */
export const CAPTCHA_ENGINE = Symbol.for('nestjs-naver-captcha/engine');

/** The provider of what judges an answer: `CaptchaVerifier`. */
export const CAPTCHA_VERIFIER = Symbol.for(
  'nestjs-naver-captcha/verifier (import NaverCaptchaModule.forRoot() in the root module)',
);

/** The metadata key of the captcha that a class or a method requires. */
export const CAPTCHA_REQUIREMENT = Symbol.for('nestjs-naver-captcha/requirement');

/** The metadata key of the controller that `routes` adds. */
export const CAPTCHA_ROUTES = Symbol.for('nestjs-naver-captcha/routes');

/** The property under which the guard stores the outcome of a request. */
export const CAPTCHA_OUTCOME = Symbol.for('nestjs-naver-captcha/outcome');
