import Negotiator from 'negotiator';

import { CAPTCHA_ERRORS, type CaptchaException, restatedException } from '../errors.js';
import type { CaptchaLanguage, ResolvedCaptchaOptions } from '../types.js';

/** Korean first: it is what a client gets that names neither. */
const LANGUAGES: readonly CaptchaLanguage[] = ['ko', 'en'];

/** The same exception as a person is to read it: in their language, with the application's own words and status. */
export function localizedException(
  exception: CaptchaException,
  acceptLanguage: string | undefined,
  { messages, statuses }: ResolvedCaptchaOptions,
): CaptchaException {
  const { code } = exception;
  const language = chooseLanguage(acceptLanguage);
  return restatedException(exception, {
    text: messages[code]?.[language] ?? CAPTCHA_ERRORS[code][language],
    status: statuses[code] ?? exception.getStatus(),
  });
}

function chooseLanguage(acceptLanguage: string | undefined): CaptchaLanguage {
  if (acceptLanguage === undefined) return 'ko';
  const negotiator = new Negotiator({ headers: { 'accept-language': acceptLanguage } });
  const [preferred] = negotiator.languages([...LANGUAGES]);
  return preferred === 'en' ? 'en' : 'ko';
}
