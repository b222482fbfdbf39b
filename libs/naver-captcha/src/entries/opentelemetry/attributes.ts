import type { Attributes } from '@opentelemetry/api';

import type { UpstreamCallEvent } from '../../events.js';

/** The instrumentation scope of the spans and metrics. */
export const SCOPE = 'nestjs-naver-captcha';

/** Attributes of this library begin with `naver.captcha`; the others are OpenTelemetry's semantic conventions. */
export const KIND = 'naver.captcha.kind';
export const ENGINE = 'naver.captcha.engine';
export const OPERATION = 'naver.captcha.operation';
export const PLATFORM = 'naver.captcha.platform';
export const VERDICT = 'naver.captcha.verdict';
export const ACTION = 'naver.captcha.action';
export const PRESSURE = 'naver.captcha.pressure';
/** The level of a toll, 1 to 5; of a challenge 0 if none was paid. */
export const PRICE = 'naver.captcha.price';
export const BREAKER_STATE = 'naver.captcha.breaker.state';
export const ERROR_TYPE = 'error.type';
export const STATUS_CODE = 'http.response.status_code';
export const METHOD = 'http.request.method';
export const SERVER_ADDRESS = 'server.address';
export const SERVER_PORT = 'server.port';

/** Leaves out undefined attributes, which have no meaning in OpenTelemetry. */
export function present(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

/** The code of a failed call. Returns undefined if NAVER answered, also if it does not know the key. */
export function failureOf({ code }: UpstreamCallEvent): string | undefined {
  return code === 'CAPTCHA_EXPIRED' || code === 'CAPTCHA_INVALID' ? undefined : code;
}
