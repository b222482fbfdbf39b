import { CaptchaException } from '../../errors.js';
import { localizedException } from '../../contexts/refusals.js';
import { refusalSchema } from '../../routes/refusal-schema.js';
import type { CaptchaErrorCode, ResolvedCaptchaOptions } from '../../types.js';
import type { ComponentSchemas } from './component-schemas.js';
import type { MediaType, Operation, Response, Responses } from './openapi-types.js';

/** The codes that a guard refuses with; the others refuse challenges. */
const CODES = [
  'CAPTCHA_MISSING',
  'CAPTCHA_MALFORMED',
  'CAPTCHA_WRONG',
  'CAPTCHA_EXPIRED',
  'CAPTCHA_INVALID',
  'CAPTCHA_USED',
  'CAPTCHA_TOO_MANY',
  'CAPTCHA_UNAVAILABLE',
  'CAPTCHA_QUOTA_EXCEEDED',
  'CAPTCHA_MISCONFIGURED',
] as const satisfies readonly CaptchaErrorCode[];
const WITH_RETRY_AFTER: ReadonlySet<CaptchaErrorCode> = new Set([
  'CAPTCHA_TOO_MANY',
  'CAPTCHA_UNAVAILABLE',
  'CAPTCHA_QUOTA_EXCEEDED',
]);
const JSON_TYPE = 'application/json';

/** Adds the refusals to an operation, by the statuses that the module's options give them. */
export function withRefusals(
  operation: Operation,
  options: ResolvedCaptchaOptions,
  schemas: ComponentSchemas,
): Operation {
  const responses: Responses = { ...operation.responses };
  for (const [status, refusals] of byStatus(options)) {
    const existing = responses[status];
    // Other operations may share the response that a reference points to, so it stays unchanged.
    if (existing !== undefined && '$ref' in existing) continue;
    responses[status] = join(existing, responseOf(refusals, schemas));
  }
  return { ...operation, responses };
}

/** The refusals by status, as a client without `Accept-Language` gets them. */
function byStatus(options: ResolvedCaptchaOptions): Map<number, CaptchaException[]> {
  const groups = new Map<number, CaptchaException[]>();
  for (const code of CODES) {
    const refusal = localizedException(new CaptchaException(code), undefined, options);
    const status = refusal.getStatus();
    groups.set(status, [...(groups.get(status) ?? []), refusal]);
  }
  return groups;
}

function responseOf(refusals: readonly CaptchaException[], schemas: ComponentSchemas): Response {
  const codes = refusals.map(({ code }) => code);
  return {
    description: `Refused by the captcha: ${codes.join(', ')}.`,
    ...(codes.some((code) => WITH_RETRY_AFTER.has(code))
      ? {
          headers: {
            'Retry-After': {
              description: 'Seconds after which the client may try again.',
              schema: { type: 'integer' },
            },
          },
        }
      : {}),
    content: {
      [JSON_TYPE]: {
        schema: {
          allOf: [
            schemas.add('CaptchaRefusal', refusalSchema(CODES)),
            { type: 'object', properties: { code: { type: 'string', enum: codes } } },
          ],
        },
        examples: Object.fromEntries(
          refusals.map((refusal) => [refusal.code, { value: refusal.getResponse() }]),
        ),
      },
    },
  };
}

/** Joins the application's response of a status with ours; the application's comes first. */
function join(theirs: Response | undefined, ours: Response): Response {
  if (theirs === undefined) return ours;
  return {
    ...theirs,
    description: [theirs.description, ours.description].filter((text) => text !== '').join('\n\n'),
    ...(ours.headers === undefined ? {} : { headers: { ...ours.headers, ...theirs.headers } }),
    content: {
      ...theirs.content,
      [JSON_TYPE]: joinMedia(theirs.content?.[JSON_TYPE], ours.content?.[JSON_TYPE]),
    },
  };
}

function joinMedia(theirs: MediaType = {}, ours: MediaType = {}): MediaType {
  const [first, ...others] = [theirs.schema, ours.schema].filter((schema) => schema !== undefined);
  return {
    ...theirs,
    ...(first === undefined ? {} : { schema: others.length === 0 ? first : { anyOf: [first, ...others] } }),
    // OpenAPI allows `example` or `examples`, not both.
    ...('example' in theirs ? {} : { examples: { ...ours.examples, ...theirs.examples } }),
  };
}
