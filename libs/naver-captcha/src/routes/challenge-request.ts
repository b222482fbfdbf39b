import { type AnsweringRequest, headerOf } from '../contexts/context-kind.js';
import { CaptchaBadRequestException } from '../errors.js';
import { isAction } from '../keys/captcha-keys.js';
import type { QuietLogger } from '../quiet-logger.js';
import { type CaptchaAnswer, type CaptchaMediaKind, MEDIA_KINDS } from '../types.js';
import { isRecord } from '../unknown-values.js';

/** The challenge that a page requests. */
export interface ChallengeRequest {
  readonly kind: CaptchaMediaKind;
  readonly action: string | undefined;
  /** Whether the page accepts work in place of the picture or sound. */
  readonly work: boolean;
  /** Whether the page can pay a toll; key and value if it pays one. */
  readonly toll: boolean | CaptchaAnswer;
  /** Whether the reply contains the picture or sound. */
  readonly inline: boolean;
}

const FIELDS = ['kind', 'action', 'media', 'work', 'toll'] as const;

/**
 * Reads a body, which may be any value.
 * @throws CaptchaBadRequestException if the body is no such request
 */
export function readChallengeRequest(body: unknown): ChallengeRequest {
  if (body === undefined || body === null || body === '')
    return { kind: 'image', action: undefined, inline: false, work: false, toll: false };
  if (!isRecord(body)) throw wrong('The body must be an object.');
  const { kind, action, media, work = false, toll = false }: Partial<Record<string, unknown>> = { ...body };
  const known = MEDIA_KINDS.find((each) => each === (kind ?? 'image'));
  if (known === undefined) throw wrong(`kind must be ${MEDIA_KINDS.join(' or ')}.`);
  if (media !== undefined && media !== 'inline') throw wrong("media must be 'inline', or absent.");
  if (action !== undefined && !isAction(action)) {
    throw wrong('action must be 1 to 32 characters of a-z, 0-9, "_" and "-".');
  }
  if (typeof work !== 'boolean') throw wrong('work must be true or false, or absent.');
  return { kind: known, action, inline: media === 'inline', work, toll: readToll(toll) };
}

function readToll(toll: unknown): boolean | CaptchaAnswer {
  if (typeof toll === 'boolean') return toll;
  if (isRecord(toll) && typeof toll['key'] === 'string' && typeof toll['value'] === 'string') {
    return { key: toll['key'], value: toll['value'] };
  }
  throw wrong('toll must be true, or { key, value } of a toll that is paid, or absent.');
}

/**
 * Warns of a request whose reply is not what its developer expects: the body was not parsed, or has a field that is
 * ignored. Such a field is not refused, because a widget of a later version may send it.
 */
export function warnOfRequest(request: AnsweringRequest, logger: QuietLogger): void {
  const { body } = request;
  if (isUnparsed(request)) {
    logger.warn(
      'POST /captcha: the body was not parsed, so the key has no action. Send content-type: application/json, and let ' +
        'the application parse JSON bodies.',
    );
  }
  const unknown = isRecord(body)
    ? Object.keys(body).find((name) => !FIELDS.some((field) => field === name))
    : undefined;
  if (unknown === undefined) return;
  const shown = /^[A-Za-z]{1,20}$/.test(unknown) ? unknown : 'with a name that cannot be shown';
  logger.warn(
    `POST /captcha: the unknown field ${shown} is ignored; the body takes ${FIELDS.join(', ')}.`,
    // A client may send any field.
    'POST /captcha: unknown field',
  );
}

/** Express ignores a body of another content type: version 5 gives none, version 4 an empty object. Fastify refuses it. */
function isUnparsed(request: AnsweringRequest): boolean {
  const { body = {} } = request;
  const length = headerOf(request, 'content-length') ?? '0';
  const isSent = length !== '0' || headerOf(request, 'transfer-encoding') !== undefined;
  if (!isSent || !isRecord(body) || Object.keys(body).length > 0) return false;
  return request.body === undefined || headerOf(request, 'content-type')?.includes('json') !== true;
}

function wrong(detail: string): CaptchaBadRequestException {
  return new CaptchaBadRequestException({ detail: `POST /captcha: ${detail}` });
}
