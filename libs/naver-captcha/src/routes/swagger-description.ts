import 'reflect-metadata';

import { applyDecorators, SetMetadata } from '@nestjs/common';

import { refusalSchema } from './refusal-schema.js';

// The metadata keys that @nestjs/swagger reads: an application with it has the routes in its document, and an
// application without it loads nothing.
const OPERATION = 'swagger/apiOperation';
const RESPONSE = 'swagger/apiResponse';
const PARAMETERS = 'swagger/apiParameters';
const EXCLUDED = 'swagger/apiExcludeEndpoint';

/** Version 7 requires the types of parameters, which not every compiler emits; each of these handlers has two. */
const TWO_PARAMETERS = Reflect.metadata('design:paramtypes', [Object, Object]);

const refusals = Object.fromEntries(
  [
    {
      status: '400',
      description: 'The request, or the key, is not valid.',
      codes: ['CAPTCHA_BAD_REQUEST', 'CAPTCHA_EXPIRED', 'CAPTCHA_INVALID'] as const,
    },
    {
      status: '403',
      description: 'The page belongs to another origin.',
      codes: ['CAPTCHA_ORIGIN'] as const,
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

/** What a browser computes: parts in the form of ALTCHA, version 2. */
const puzzle = {
  type: 'object',
  required: ['parts', 'counters'],
  properties: {
    parts: {
      type: 'array',
      items: { type: 'object', properties: { parameters: { type: 'object' } } },
    },
    counters: { type: 'integer', description: 'The counter of each part is below this.' },
  },
};

/** Describes making a challenge. */
export function DescribeChallenge(): MethodDecorator {
  return applyDecorators(
    TWO_PARAMETERS,
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
            work: {
              type: 'boolean',
              default: false,
              description: 'The page accepts work in place of the picture or sound.',
            },
            toll: {
              description: '`true` if the page can pay a toll; key and value of the toll if it pays one.',
              oneOf: [
                { type: 'boolean' },
                {
                  type: 'object',
                  required: ['key', 'value'],
                  properties: { key: { type: 'string' }, value: { type: 'string' } },
                },
              ],
            },
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
              required: ['key', 'kind', 'expiresAt', 'expiresInSeconds'],
              properties: {
                key: { type: 'string' },
                kind: { type: 'string', enum: ['image', 'audio', 'work'] },
                puzzle,
                expiresAt: { type: 'string', format: 'date-time' },
                expiresInSeconds: { type: 'integer', description: 'For clients whose clock may be wrong.' },
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
      '428': {
        description:
          'The page has to solve the puzzle and send the request again, with `toll: { key, value }`.',
        content: {
          'application/json': {
            schema: {
              allOf: [
                refusalSchema(['CAPTCHA_WORK_REQUIRED']),
                {
                  type: 'object',
                  required: ['level', 'key', 'puzzle', 'expiresInSeconds'],
                  properties: {
                    level: { type: 'integer', minimum: 1, maximum: 5 },
                    key: { type: 'string' },
                    puzzle,
                    expiresInSeconds: { type: 'integer' },
                  },
                },
              ],
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
    TWO_PARAMETERS,
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
  return describeScript('The script of <naver-captcha>');
}

/** Describes the script that the widget loads when a puzzle comes. */
export function DescribeSolver(): MethodDecorator {
  return describeScript('The solver of <naver-captcha>, for work and tolls');
}

function describeScript(summary: string): MethodDecorator {
  return applyDecorators(
    TWO_PARAMETERS,
    SetMetadata(OPERATION, { summary }),
    SetMetadata(RESPONSE, {
      '200': {
        description: 'A JavaScript module.',
        content: { 'text/javascript': { schema: { type: 'string' } } },
      },
    }),
  );
}

/** Leaves out a route that only browsers use by themselves. */
export function LeaveOutOfDocument(): MethodDecorator {
  return applyDecorators(TWO_PARAMETERS, SetMetadata(EXCLUDED, { disable: true }));
}
