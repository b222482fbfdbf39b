import 'reflect-metadata';

import { applyDecorators, SetMetadata } from '@nestjs/common';

import { refusalSchema } from './refusal-schema.js';

// The metadata keys that @nestjs/swagger reads: an application with it has the routes in its document, and an
// application without it loads nothing.
const OPERATION = 'swagger/apiOperation';
const RESPONSE = 'swagger/apiResponse';
const PARAMETERS = 'swagger/apiParameters';

/** Version 7 requires the types of parameters, which not every compiler emits; each of these handlers has one. */
const ONE_PARAMETER = Reflect.metadata('design:paramtypes', [Object]);

const refusals = Object.fromEntries(
  [
    {
      status: '400',
      description: 'The request, or the key, is not valid.',
      codes: ['CAPTCHA_MALFORMED', 'CAPTCHA_EXPIRED', 'CAPTCHA_INVALID'] as const,
    },
    { status: '429', description: 'Too many requests.', codes: ['CAPTCHA_TOO_MANY'] as const },
    {
      status: '503',
      description: 'NAVER is unavailable, or the day’s quota is used up.',
      codes: ['CAPTCHA_UNAVAILABLE', 'CAPTCHA_QUOTA_EXCEEDED'] as const,
    },
  ].map(({ status, description, codes }) => [
    status,
    { description, content: { 'application/json': { schema: refusalSchema(codes) } } },
  ]),
);

/** Describes making a challenge. */
export function DescribeChallenge(): MethodDecorator {
  return applyDecorators(
    ONE_PARAMETER,
    SetMetadata(OPERATION, { summary: 'Makes a captcha challenge' }),
    SetMetadata(PARAMETERS, [
      {
        in: 'body',
        name: 'body',
        required: false,
        type: String,
        schema: {
          type: 'object',
          properties: {
            kind: { type: 'string', enum: ['image', 'audio'], default: 'image' },
            action: { type: 'string', pattern: '^[a-z0-9_-]{1,32}$' },
            media: { type: 'string', enum: ['inline'] },
          },
        },
      },
    ]),
    SetMetadata(RESPONSE, {
      '201': {
        description: 'The challenge, with its picture or sound if `media` is `inline`.',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['key', 'kind', 'expiresAt'],
              properties: {
                key: { type: 'string' },
                kind: { type: 'string', enum: ['image', 'audio'] },
                expiresAt: { type: 'string', format: 'date-time' },
                media: {
                  type: 'object',
                  properties: {
                    contentType: { type: 'string' },
                    data: { type: 'string', format: 'byte' },
                  },
                },
              },
            },
          },
        },
      },
      ...refusals,
    }),
  );
}

/** Describes the picture or sound of a challenge. */
export function DescribeMedia(): MethodDecorator {
  const binary = { schema: { type: 'string', format: 'binary' } };
  return applyDecorators(
    ONE_PARAMETER,
    SetMetadata(OPERATION, { summary: 'The picture or the sound of a captcha challenge' }),
    SetMetadata(PARAMETERS, [{ in: 'query', name: 'key', required: true, type: String }]),
    SetMetadata(RESPONSE, {
      '200': {
        description: 'A JPEG picture or a WAV sound.',
        content: { 'image/jpeg': binary, 'audio/wav': binary },
      },
      ...refusals,
    }),
  );
}

/** Describes the script of the widget. */
export function DescribeWidget(): MethodDecorator {
  return applyDecorators(
    ONE_PARAMETER,
    SetMetadata(OPERATION, { summary: 'The script of <naver-captcha>' }),
    SetMetadata(RESPONSE, {
      '200': {
        description: 'A JavaScript module.',
        content: { 'text/javascript': { schema: { type: 'string' } } },
      },
    }),
  );
}
