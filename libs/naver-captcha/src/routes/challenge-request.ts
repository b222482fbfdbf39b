import { CaptchaMalformedException } from '../errors.js';
import { CAPTCHA_KINDS, type CaptchaKind } from '../types.js';

/** What a page asks for. */
export interface ChallengeRequest {
  readonly kind: CaptchaKind;
  readonly action: string | undefined;
  /** Whether the picture or sound comes in the same reply. */
  readonly inline: boolean;
}

/** Reads a body that may be anything; whether the action is one is the service's matter. */
export function readChallengeRequest(body: unknown): ChallengeRequest {
  if (body === undefined || body === null || body === '')
    return { kind: 'image', action: undefined, inline: false };
  if (typeof body !== 'object' || Array.isArray(body)) throw malformed('The body is no object.');
  const { kind, action, media }: Partial<Record<string, unknown>> = { ...body };
  const known = CAPTCHA_KINDS.find((each) => each === (kind ?? 'image'));
  if (known === undefined) throw malformed('There is no such kind.');
  if (media !== undefined && media !== 'inline') throw malformed("media can only be 'inline'.");
  if (action !== undefined && typeof action !== 'string') throw malformed('An action is a text.');
  return { kind: known, action, inline: media === 'inline' };
}

function malformed(detail: string): CaptchaMalformedException {
  return new CaptchaMalformedException({ detail });
}
