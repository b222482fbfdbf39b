import type { CaptchaErrorCode } from '../types.js';

/** A schema as OpenAPI documents hold it. */
interface RefusalSchema {
  type: string;
  description: string;
  required: string[];
  properties: Record<string, { type: string; description?: string; enum?: CaptchaErrorCode[] }>;
}

/** The body of every refusal: Nest's own shape plus `code`. */
export function refusalSchema(codes: readonly CaptchaErrorCode[]): RefusalSchema {
  return {
    type: 'object',
    description: 'Why a request did not get through.',
    required: ['statusCode', 'error', 'message', 'code'],
    properties: {
      statusCode: { type: 'integer' },
      error: { type: 'string' },
      message: { type: 'string', description: 'For people: Korean or English, by Accept-Language.' },
      code: { type: 'string', description: 'For programs.', enum: [...codes] },
      errorCode: { type: 'string', description: 'The same as `code`, where Nest’s version has it.' },
    },
  };
}
