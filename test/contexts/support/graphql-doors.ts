import { jest } from '@jest/globals';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import type { INestApplication } from '@nestjs/common';
import { Args, GraphQLModule, Mutation, Resolver } from '@nestjs/graphql';
import type { MercuriusDriverConfig } from '@nestjs/mercurius';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { type CaptchaOutcome, CaptchaResult } from 'nestjs-naver-captcha';

import { type Adapter, postJson, startApp } from '../../support/app.ts';
import type { Ran } from '../../support/signup.ts';
import { captchas, type Door, OfClass, OfMethod, Validating } from './door.ts';

// Mercurius loads it for an IDE that is not served here, and it requires an ES module, which Jest can do from Node.js
// 24.9 on only.
jest.mock('@fastify/static', () => ({}));
const { MercuriusDriver } = await import('@nestjs/mercurius');

/** The drivers, each on the servers it runs on. */
export const DRIVERS: readonly {
  readonly name: string;
  readonly adapter: Adapter;
  readonly graphql: ApolloDriverConfig | MercuriusDriverConfig;
}[] = [
  {
    name: 'Apollo on Express',
    adapter: 'express',
    graphql: { driver: ApolloDriver, allowBatchedHttpRequests: true },
  },
  {
    name: 'Apollo on Fastify',
    adapter: 'fastify',
    graphql: { driver: ApolloDriver, allowBatchedHttpRequests: true },
  },
  {
    name: 'Mercurius',
    adapter: 'fastify',
    graphql: { driver: MercuriusDriver, allowBatchedQueries: true },
  },
  {
    name: 'Mercurius with compiled queries',
    adapter: 'fastify',
    graphql: { driver: MercuriusDriver, allowBatchedQueries: true, jit: 1 },
  },
];

@Resolver()
@OfClass
class SignupResolver {
  @Mutation()
  @OfMethod
  signUp(@Args('input') body: unknown, @CaptchaResult() outcome: CaptchaOutcome): Ran {
    return { ran: true, outcome, body };
  }

  @Mutation()
  @Validating
  signUpValid(@Args('input') body: unknown, @CaptchaResult() outcome: CaptchaOutcome): Ran {
    return { ran: true, outcome, body };
  }
}

const typeDefs = `
  scalar Anything
  type Query { nothing: Anything }
  type Mutation { signUp(input: Anything): Anything signUpValid(input: Anything): Anything }
`;

/** Lets a megabyte through to the guard; Fastify takes one as it is. */
function widen(app: INestApplication): void {
  if (app.getHttpAdapter().getType() !== 'express') return;
  (app as NestExpressApplication).useBodyParser('json', { limit: '2mb' });
}

export const GRAPHQL_DOORS = DRIVERS.map(({ name, adapter, graphql }): Door => ({
  name,
  tellsLanguage: true,
  sendsNull: true,
  async open(emulator, { options, acceptLanguage = '' } = {}) {
    const app = await startApp({
      adapter,
      imports: [captchas(emulator, options), GraphQLModule.forRoot({ ...graphql, typeDefs })],
      providers: [SignupResolver],
      configure: widen,
    });
    return {
      app,
      async send(input, handler = 'signUp') {
        const query = `mutation ($input: Anything) { ran: ${handler}(input: $input) }`;
        const { body } = await postJson(
          `${app.url}/graphql`,
          { query, variables: { input } },
          { 'accept-language': acceptLanguage },
        );
        const { data, errors } = body as { data?: { ran?: unknown } | null; errors?: unknown[] };
        return errors === undefined && data ? { ran: data.ran } : { error: errors?.[0] ?? body };
      },
      [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
    };
  },
}));
