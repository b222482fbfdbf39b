import { CaptchaBadRequestException } from '../errors.js';
import { CAPTCHA_KINDS, type CaptchaKind } from '../types.js';
import { isRecord } from '../unknown-values.js';

/** The challenge that a page requests. */
export interface ChallengeRequest {
  readonly kind: CaptchaKind;
  readonly action: string | undefined;
  /** Whether the reply contains the picture or sound. */
  readonly inline: boolean;
}

/**
 * Reads a body, which may be any value. The service checks the form of the action.
 * @throws CaptchaBadRequestException if the body is no such request
 */
export function readChallengeRequest(body: unknown): ChallengeRequest {
  if (body === undefined || body === null || body === '')
    return { kind: 'image', action: undefined, inline: false };
  if (!isRecord(body)) throw wrong('The body must be an object.');
  const { kind, action, media }: Partial<Record<string, unknown>> = { ...body };
  const known = CAPTCHA_KINDS.find((each) => each === (kind ?? 'image'));
  if (known === undefined) throw wrong(`kind must be ${CAPTCHA_KINDS.join(' or ')}.`);
  if (media !== undefined && media !== 'inline') throw wrong("media must be 'inline', or absent.");
  if (action !== undefined && typeof action !== 'string') throw wrong('action must be a string.');
  return { kind: known, action, inline: media === 'inline' };
}

function wrong(detail: string): CaptchaBadRequestException {
  return new CaptchaBadRequestException({ detail: `POST /captcha: ${detail}` });
}
