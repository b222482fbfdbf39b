import type { Attributes } from '@opentelemetry/api';

import type { UpstreamCallEvent } from '../../events.js';

/** The scope under which spans and metrics are found. */
export const SCOPE = 'nestjs-naver-captcha';

/** What is the library's own stands under `naver.captcha`; the rest are OpenTelemetry's names and meanings. */
export const KIND = 'naver.captcha.kind';
export const OPERATION = 'naver.captcha.operation';
export const PLATFORM = 'naver.captcha.platform';
export const VERDICT = 'naver.captcha.verdict';
export const ACTION = 'naver.captcha.action';
export const BREAKER_STATE = 'naver.captcha.breaker.state';
export const ERROR_TYPE = 'error.type';
export const STATUS_CODE = 'http.response.status_code';
export const METHOD = 'http.request.method';
export const SERVER_ADDRESS = 'server.address';
export const SERVER_PORT = 'server.port';

/** Without what is absent: an undefined attribute has no meaning in OpenTelemetry. */
export function present(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

/** Why a call failed. A key that NAVER does not know, or no longer, is an answer like any other. */
export function failureOf({ code }: UpstreamCallEvent): string | undefined {
  return code === 'CAPTCHA_EXPIRED' || code === 'CAPTCHA_INVALID' ? undefined : code;
}
