export { NaverCaptchaModule, type NaverCaptchaModuleAsyncOptions } from './module/naver-captcha.module.js';
export {
  type NaverCaptchaModuleExtras,
  type NaverCaptchaModuleOptions,
  type NaverCaptchaOptionsFactory,
} from './module/naver-captcha-options.js';

export { type CaptchaRoutesOptions } from './routes/captcha-routes-options.js';
export { exposedHeaders } from './routes/exposed-headers.js';

export { CaptchaGuard } from './guard/captcha.guard.js';
export {
  type CaptchaAfterFailures,
  type CaptchaRequirement,
  type CaptchaTryResponse,
  type RequireCaptchaOptions,
} from './guard/captcha-requirement.js';
export { CaptchaAnswerDto } from './guard/captcha-answer.dto.js';
export { CaptchaResult } from './guard/captcha-result.decorator.js';
export { RequireCaptcha } from './guard/require-captcha.decorator.js';
export { SkipCaptcha } from './guard/skip-captcha.decorator.js';

export { accountKey } from './limits/account-key.js';
export { type CaptchaFailureKey } from './limits/failures.js';
export { addressKey } from './limits/household.js';
export { type CreateChallengeOptions } from './challenge/challenge-maker.js';
export { NaverCaptchaService } from './challenge/naver-captcha.service.js';

export { type CallGate, type NaverCallResult } from './engines/naver/call-gate.js';
export { type CaptchaStandby, type StandbyMedia } from './engines/standby/standby.engine.js';
export { NaverCaptchaClient } from './engines/naver/naver-captcha.client.js';
export { type NaverComparison } from './engines/naver/wire-format.js';

export {
  type CaptchaStore,
  CaptchaStoreError,
  type CaptchaStoreLimit,
  type CaptchaStoreTaking,
} from './store/captcha-store.js';
export {
  MemoryCaptchaStore,
  MemoryCaptchaStoreFullError,
  type MemoryCaptchaStoreOptions,
} from './store/memory-captcha-store.js';

export {
  type AllowedEvent,
  type BreakerEvent,
  type BusiestEvent,
  type CaptchaEvent,
  type ChallengeIssuedEvent,
  type EngineEvent,
  type QuotaEvent,
  type TollEvent,
  type UpstreamCallEvent,
  type VerdictEvent,
} from './events.js';
export {
  CaptchaBadRequestException,
  CaptchaException,
  type CaptchaExceptionInit,
  CaptchaExpiredException,
  CaptchaInvalidException,
  CaptchaMalformedException,
  CaptchaMisconfiguredException,
  CaptchaMissingException,
  CaptchaOriginException,
  CaptchaQuotaExceededException,
  CaptchaTooManyException,
  CaptchaUnavailableException,
  type CaptchaUnavailableOrigin,
  type CaptchaUpstream,
  CaptchaUsedException,
  CaptchaWorkRequiredException,
  CaptchaWrongException,
} from './errors.js';
export {
  CAPTCHA_CALL_GATES,
  CAPTCHA_CLOCK,
  CAPTCHA_EVENTS,
  CAPTCHA_OPTIONS,
  CAPTCHA_RANDOM,
  CAPTCHA_STORE,
} from './tokens.js';
export {
  type Awaitable,
  CAPTCHA_KINDS,
  type CaptchaAnswer,
  type CaptchaAnswerNames,
  type CaptchaChallenge,
  type CaptchaClock,
  type CaptchaEngineName,
  type CaptchaErrorCode,
  type CaptchaExpectation,
  type CaptchaForwardProxy,
  type CaptchaKind,
  type CaptchaLanguage,
  type CaptchaMedia,
  type CaptchaMediaEngineName,
  type CaptchaMediaKind,
  type CaptchaOutcome,
  type CaptchaPassed,
  type CaptchaPace,
  type CaptchaPrefetch,
  type CaptchaPressure,
  type CaptchaPressureLimits,
  type CaptchaPricing,
  type CaptchaPuzzle,
  type CaptchaPuzzleParameters,
  type CaptchaQuota,
  type CaptchaRandom,
  type CaptchaRate,
  type CaptchaRejected,
  type CaptchaRejection,
  type CaptchaToll,
  type CaptchaUnavailablePolicy,
  type CaptchaVerdict,
  type NaverCall,
  type NaverPlatform,
  type OnCaptchaUnavailable,
  type ResolvedCaptchaOptions,
} from './types.js';
