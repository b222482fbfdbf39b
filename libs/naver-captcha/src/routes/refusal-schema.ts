import type { CaptchaErrorCode } from '../types.js';

/** A schema of an OpenAPI document. */
interface RefusalSchema {
  type: string;
  description: string;
  required: string[];
  properties: Record<string, { type: string; description?: string; enum?: CaptchaErrorCode[] }>;
}

/** The schema of every refusal's body: the body of Nest's exceptions, with `code`. */
export function refusalSchema(codes: readonly CaptchaErrorCode[]): RefusalSchema {
  return {
    type: 'object',
    description: 'Why the captcha refused a request.',
    required: ['statusCode', 'error', 'message', 'code'],
    properties: {
      statusCode: { type: 'integer' },
      error: { type: 'string' },
      message: { type: 'string', description: 'For people: Korean or English, by Accept-Language.' },
      code: { type: 'string', description: 'For programs.', enum: [...codes] },
      errorCode: { type: 'string', description: 'The same as `code`, in versions of Nest that send it.' },
    },
  };
}
