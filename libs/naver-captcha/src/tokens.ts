// Symbol.for, so that two copies of this package in one process mean the same thing by the same name.

/** The provider of the settings, checked and frozen: `ResolvedCaptchaOptions`. */
export const CAPTCHA_OPTIONS = Symbol.for('nestjs-naver-captcha/options');

/** The provider of the time: `CaptchaClock`. */
export const CAPTCHA_CLOCK = Symbol.for('nestjs-naver-captcha/clock');

/** The provider of chance: `CaptchaRandom`. */
export const CAPTCHA_RANDOM = Symbol.for('nestjs-naver-captcha/random');

/** The provider of the memory of used keys: `CaptchaStore`. */
export const CAPTCHA_STORE = Symbol.for('nestjs-naver-captcha/store');

/** The provider of what happens, as an rxjs `Observable<CaptchaEvent>`. */
export const CAPTCHA_EVENTS = Symbol.for('nestjs-naver-captcha/events');

/** The provider of what runs around every call to NAVER: `readonly CallGate[]`. */
export const CAPTCHA_CALL_GATES = Symbol.for('nestjs-naver-captcha/call-gates');

/** The provider of what makes and opens keys: `CaptchaKeys`. */
export const CAPTCHA_KEYS = Symbol.for('nestjs-naver-captcha/keys');

/** The provider of what makes challenges and compares answers: `CaptchaEngine`. */
export const CAPTCHA_ENGINE = Symbol.for('nestjs-naver-captcha/engine');

/** The provider of what judges an answer: `CaptchaVerifier`. */
export const CAPTCHA_VERIFIER = Symbol.for('nestjs-naver-captcha/verifier');

/** The metadata key under which a class or a method says what captcha it requires. */
export const CAPTCHA_REQUIREMENT = Symbol.for('nestjs-naver-captcha/requirement');

/** Where the guard leaves the outcome on a request. */
export const CAPTCHA_OUTCOME = Symbol.for('nestjs-naver-captcha/outcome');
