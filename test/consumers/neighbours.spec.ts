import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';

import { type PackedLibraries, packLibraries } from '../support/packed.ts';
import { RunningRedis } from '../support/redis.ts';
import { ALL, Consumer, type ConsumerSetup, SYSTEMS } from './support/consumer.ts';

/** Installing and compiling need a busy machine's time. */
const PATIENCE = 300_000;

let packed: PackedLibraries;
let redis: RunningRedis;

beforeAll(async () => {
  packed = await packLibraries();
  redis = await RunningRedis.start();
}, PATIENCE);

afterAll(async () => {
  await redis[Symbol.asyncDispose]();
  await packed[Symbol.asyncDispose]();
});

interface Row extends ConsumerSetup {
  /** Sets of packages, each installed over what was there before. */
  readonly sets: readonly (readonly [name: string, versions: Readonly<Record<string, string>>])[];
}

// The latest of each major version first, then the lower ends of the peers' ranges.
const ROWS: readonly Row[] = [
  {
    name: 'nest-10-neighbours',
    tsconfig: { commonjs: 'node10', esm: 'nodenext' },
    sets: [
      ['the latest versions', { '@nestjs/swagger': '7', '@nestjs/terminus': '10', ioredis: '5', redis: '5' }],
      ['@nestjs/swagger 8', { '@nestjs/swagger': '8' }],
      [
        'the lowest versions',
        {
          '@nestjs/microservices': '10.0.0',
          '@nestjs/platform-socket.io': '10.0.0',
          '@nestjs/swagger': '7.0.0',
          '@nestjs/terminus': '10.0.0',
          '@nestjs/websockets': '10.0.0',
          '@opentelemetry/api': '1.3.0',
          ioredis: '5.3.0',
          redis: '5.0.0',
          'reflect-metadata': '0.1.13',
        },
      ],
    ],
  },
  {
    name: 'nest-11-neighbours',
    tsconfig: { commonjs: 'nodenext', esm: 'nodenext' },
    sets: [
      [
        'the latest versions',
        { '@nestjs/swagger': '11', '@nestjs/terminus': '11', ioredis: '5', redis: '5' },
      ],
      [
        'the lowest versions',
        {
          '@nestjs/microservices': '11.0.0',
          '@nestjs/platform-socket.io': '11.0.0',
          '@nestjs/swagger': '11.0.0',
          '@nestjs/terminus': '11.0.0',
          '@nestjs/websockets': '11.0.0',
        },
      ],
    ],
  },
];

const REFUSED = { status: 'error', statusCode: 400, code: 'CAPTCHA_MISSING' };

describe.each(ROWS)('$name', ({ sets: allSets, ...setup }) => {
  // The latest versions in `npm test`; all by `npm run test:consumers`.
  const sets = ALL ? allSets : allSets.slice(0, 1);

  let consumer: Consumer;

  beforeAll(async () => {
    consumer = await Consumer.install({ ...setup, neighbours: true }, packed);
  }, PATIENCE);

  afterAll(async () => {
    await consumer[Symbol.asyncDispose]();
  });

  describe.each(sets)('with %s', (_name, versions) => {
    beforeAll(async () => {
      await consumer.add(...Object.entries(versions).map((version) => version.join('@')));
    }, PATIENCE);

    it.each(Object.entries(versions))('has %s %s', async (name, version) => {
      expect(`${String((await consumer.manifestOf(name))['version'])}.`).toMatch(
        new RegExp(`^${version}\\.`),
      );
    });

    describe.each(SYSTEMS)('in %s', (system) => {
      const adapter = system === 'esm' ? 'fastify' : 'express';
      const run = async (script: string, ...args: string[]): Promise<unknown> =>
        JSON.parse(await consumer.node(system, `dist/neighbours/${script}.js`, ...args));

      beforeAll(async () => {
        await consumer.compile(system);
      }, PATIENCE);

      it('describes routes and protected handlers in a valid OpenAPI document', async () => {
        const document = (await run('document', adapter)) as Record<string, unknown>;

        const { valid, errors } = await new Validator().validate(structuredClone(document));
        expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
        expect(document['paths']).toMatchObject({
          '/captcha': { post: { responses: { '201': {}, '429': {} } } },
          '/captcha/media': { get: { parameters: [{ name: 'key', in: 'query' }] } },
          '/signup': { post: { responses: { '201': {}, '400': {}, '503': {} } } },
        });
        const { schemas } = document['components'] as { schemas: object };
        expect(JSON.stringify([document['paths'], schemas])).toMatch(/"captchaKey".*"captchaValue"/);
      });

      it('tells health and its loss', async () => {
        const usedUp = { status: 'down', problems: ['quota-used-up'] };
        expect(await run('health', adapter)).toMatchObject({
          fresh: {
            status: 200,
            body: { status: 'ok', details: { captcha: { status: 'up', problems: [] } } },
          },
          usedUp: { status: 503, body: { status: 'error', error: { captcha: usedUp } } },
        });
      });

      it('tells an SDK of calls and verdicts', async () => {
        expect(await run('telemetry', adapter)).toEqual({
          spans: ['naver.captcha issue', 'naver.captcha fetch', 'naver.captcha compare'],
          metrics: [
            'naver.captcha.call.duration',
            'naver.captcha.challenges',
            'naver.captcha.quota.left',
            'naver.captcha.quota.limit',
            'naver.captcha.quota.used',
            'naver.captcha.verdict.duration',
            'naver.captcha.verdicts',
          ],
        });
      });

      it('refuses a message of a socket or a microservice without an answer', async () => {
        const replies = [expect.objectContaining(REFUSED), 'Kim'];
        expect(await run('messages', adapter)).toEqual({ socket: replies, tcp: replies });
      });

      it('counts in Redis through either client', async () => {
        const taken = [{ taken: true, count: 1 }, { taken: false, count: 1 }, 0];
        expect(await run('redis', redis.url)).toEqual({ ioredis: taken, nodeRedis: taken });
      });
    });
  });
});
