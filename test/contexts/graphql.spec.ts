import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Catch, type ExecutionContext } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { Args, Field, GraphQLModule, InputType, Mutation, Query, Resolver } from '@nestjs/graphql';
import { IsString } from 'class-validator';
import { GraphQLError } from 'graphql';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  CaptchaException,
  CaptchaGuard,
  type CaptchaOutcome,
  CaptchaResult,
  NaverCaptchaService,
  RequireCaptcha,
} from 'nestjs-naver-captcha';

import { type AppSetup, postJson, type RunningApp, startApp } from '../support/app.ts';
import { comparisons, solve } from '../support/signup.ts';
import { captchas } from './support/door.ts';
import { DRIVERS } from './support/graphql-doors.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 12, dailyQuota: 1_000_000, maxRequests: 10_000 });
});

afterAll(() => emulator.close());

class SignupArgs {
  @IsString()
  name!: string;
}

const isInternal = (context: ExecutionContext): boolean =>
  context.getArgByIndex<{ name?: string }>(1).name === 'internal';

@Resolver()
class SignupResolver {
  @Mutation()
  @RequireCaptcha({ validate: SignupArgs })
  flat(@Args() args: unknown): unknown {
    return args;
  }

  @Mutation()
  @RequireCaptcha()
  nested(@Args('input') input: unknown): unknown {
    return input;
  }

  @Query()
  @RequireCaptcha({ skipIf: isInternal })
  parallel(@CaptchaResult() outcome: CaptchaOutcome): string {
    return outcome.status;
  }

  @Query()
  open(): string {
    return 'open';
  }

  @Mutation()
  told(@CaptchaResult() outcome: CaptchaOutcome): string {
    return outcome.status;
  }
}

@InputType()
class CodeFirstInput {
  @Field()
  name!: string;

  @Field({ nullable: true })
  captchaKey?: string;

  @Field({ nullable: true })
  captchaValue?: string;
}

@Resolver()
class CodeFirstResolver {
  @Query(() => String)
  nothing(): string {
    return '';
  }

  @Mutation(() => String)
  @RequireCaptcha()
  signUp(@Args('input') input: CodeFirstInput): string {
    return JSON.stringify(input);
  }
}

const typeDefs = `
  scalar Anything
  input SignupInput { captchaKey: String, captchaValue: String, name: String }
  type Query { parallel(name: String): String, open: String }
  type Mutation {
    flat(captchaKey: String, captchaValue: String, name: String, other: SignupInput): Anything
    nested(input: SignupInput): Anything
    told(input: SignupInput): String
  }
`;

interface Reply {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

interface Answer {
  readonly captchaKey: string;
  readonly captchaValue: string;
}

const inHeaders = ({ captchaKey, captchaValue }: Answer) => ({
  'x-captcha-key': captchaKey,
  'x-captcha-value': captchaValue,
});

const codes = ({ errors = [] }: Reply): unknown[] => errors.map(({ extensions }) => extensions['code']);

describe.each(DRIVERS)('GraphQL with $name', ({ adapter, graphql }) => {
  const start = (setup: AppSetup = {}): Promise<RunningApp> =>
    startApp({
      adapter,
      imports: [captchas(emulator), GraphQLModule.forRoot({ ...graphql, typeDefs })],
      ...setup,
      providers: [SignupResolver, ...(setup.providers ?? [])],
    });
  const ask = async (
    { url }: RunningApp,
    query: string,
    variables: object = {},
    headers: Record<string, string> = {},
  ): Promise<Reply> => (await postJson(`${url}/graphql`, { query, variables }, headers)).body as Reply;

  const FLAT = 'mutation ($k: String, $v: String) { flat(captchaKey: $k, captchaValue: $v, name: "kim") }';
  const NESTED = 'mutation ($input: SignupInput) { nested(input: $input) }';

  it('finds the answer in arguments, in an input, and in headers, and takes it out of the first two', async () => {
    await using app = await start();

    const flat = await solve(app, emulator);
    expect(await ask(app, FLAT, { k: flat.captchaKey, v: flat.captchaValue })).toEqual({
      data: { flat: { name: 'kim' } },
    });
    const nested = await solve(app, emulator);
    expect(await ask(app, NESTED, { input: { ...nested, name: 'kim' } })).toEqual({
      data: { nested: { name: 'kim' } },
    });
    const sent = await solve(app, emulator);
    expect(await ask(app, 'mutation { flat(name: "kim") }', {}, inHeaders(sent))).toEqual({
      data: { flat: { name: 'kim' } },
    });
  });

  it('takes key and value from one place', async () => {
    await using app = await start();
    const answer = await solve(app, emulator);
    const before = emulator.requests.length;

    const flat = await ask(app, FLAT, { k: answer.captchaKey }, inHeaders(answer));
    const mixed = await ask(
      app,
      'mutation ($k: String, $v: String) { flat(captchaKey: $k, other: { captchaValue: $v }) }',
      { k: answer.captchaKey, v: answer.captchaValue },
    );

    expect([...codes(flat), ...codes(mixed)]).toEqual(['CAPTCHA_MISSING', 'CAPTCHA_MISSING']);
    expect(emulator.requests).toHaveLength(before);
  });

  it('sends code, status and sentence, and the page gets them with a 200', async () => {
    await using app = await start();

    const { status, body } = await postJson(`${app.url}/graphql`, { query: NESTED }, {});

    const { errors: [error] = [] } = body as Reply;
    expect(status).toBe(200);
    expect(error).toMatchObject({
      message: '자동 입력 방지 문자를 입력해 주세요.',
      path: ['nested'],
      extensions: { code: 'CAPTCHA_MISSING', statusCode: 400 },
    });
    expect(JSON.stringify(body)).not.toContain('holds no captcha key');
  });

  it.each([
    ['headers', false],
    ['one variable', true],
  ])('lets one of three aliases through that share an answer in %s', async (_, inVariable) => {
    await using app = await start();
    const answer = await solve(app, emulator);
    const before = comparisons(emulator);

    const reply = await ask(
      app,
      `mutation ($input: SignupInput) {
        a: nested(input: $input)
        b: nested(input: $input)
        c: nested(input: $input)
      }`,
      { input: { name: 'kim', ...(inVariable ? answer : {}) } },
      inVariable ? {} : inHeaders(answer),
    );

    expect(Object.values(reply.data ?? {}).filter((ran) => ran !== null)).toEqual([{ name: 'kim' }]);
    expect(codes(reply)).toEqual(['CAPTCHA_USED', 'CAPTCHA_USED']);
    expect(comparisons(emulator) - before).toBe(1);
  });

  it('lets one of three parallel aliases through', async () => {
    await using app = await start();
    const answer = await solve(app, emulator);

    const reply = await ask(app, '{ a: parallel b: parallel c: parallel }', {}, inHeaders(answer));

    expect(Object.values(reply.data ?? {}).filter((ran) => ran !== null)).toEqual(['verified']);
    expect(codes(reply)).toEqual(['CAPTCHA_USED', 'CAPTCHA_USED']);
  });

  it('gives each alias its own outcome', async () => {
    await using app = await start();
    const answer = await solve(app, emulator);

    const reply = await ask(
      app,
      '{ a: parallel(name: "internal") b: parallel c: parallel(name: "internal") }',
      {},
      inHeaders(answer),
    );

    expect(reply).toEqual({ data: { a: 'skipped', b: 'verified', c: 'skipped' } });
  });

  it('gives no field the outcome of another', async () => {
    await using app = await start();
    const input = await solve(app, emulator);

    const reply = await ask(
      app,
      'mutation ($input: SignupInput) { a: nested(input: $input) b: told(input: $input) }',
      { input },
    );

    expect(reply).toEqual({ data: { a: {}, b: 'skipped' } });
  });

  it('lets one of two queries through that a batch sends with one answer', async () => {
    await using app = await start();
    const answer = await solve(app, emulator);
    const before = comparisons(emulator);

    const one = { query: NESTED, variables: { input: { ...answer, name: 'kim' } } };
    const { body } = await postJson(`${app.url}/graphql`, [one, one]);

    const replies = body as Reply[];
    expect(replies.map(({ data }) => data?.['nested'] ?? null)).toEqual(
      expect.arrayContaining([{ name: 'kim' }, null]),
    );
    expect(replies.flatMap(codes)).toEqual(['CAPTCHA_USED']);
    expect(comparisons(emulator) - before).toBe(1);
  });

  it('checks the arguments together where there are several', async () => {
    await using app = await start();
    const { captchaKey: k, captchaValue: v } = await solve(app, emulator);
    const before = comparisons(emulator);

    const refused = await ask(
      app,
      'mutation ($k: String, $v: String) { flat(captchaKey: $k, captchaValue: $v) }',
      { k, v },
    );
    expect(refused.errors).toHaveLength(1);
    expect(comparisons(emulator)).toBe(before);

    expect(await ask(app, FLAT, { k, v })).toEqual({ data: { flat: { name: 'kim' } } });
  });

  it('limits by household the raw keys that a client makes up', async () => {
    await using app = await start({
      imports: [captchas(emulator, { keys: 'raw' }), GraphQLModule.forRoot({ ...graphql, typeDefs })],
    });
    const aliases = Array.from(
      { length: 40 },
      (_, at) => `a${at}: flat(name: "kim", captchaKey: "madeup${at + 1000}", captchaValue: "ABCDE")`,
    );
    const before = comparisons(emulator);

    const refusals = codes(await ask(app, `mutation { ${aliases.join(' ')} }`));

    expect(refusals.filter((code) => code === 'CAPTCHA_TOO_MANY')).toHaveLength(30);
    expect(comparisons(emulator)).toBe(before + 10);
  });

  it('works with a schema made from code', async () => {
    await using app = await startApp({
      adapter,
      imports: [captchas(emulator), GraphQLModule.forRoot({ ...graphql, autoSchemaFile: true })],
      providers: [CodeFirstResolver],
    });
    const answer = await solve(app, emulator);
    const query = 'mutation ($input: CodeFirstInput!) { signUp(input: $input) }';

    expect(codes(await ask(app, query, { input: { name: 'kim' } }))).toEqual(['CAPTCHA_MISSING']);
    expect(await ask(app, query, { input: { name: 'kim', ...answer } })).toEqual({
      data: { signUp: '{"name":"kim"}' },
    });
  });

  it('throws what a filter catches', async () => {
    @Catch(CaptchaException)
    class Filter {
      catch({ code, retryAfterSeconds }: CaptchaException): unknown {
        return new GraphQLError('mine', { extensions: { code, retryAfterSeconds } });
      }
    }
    await using app = await start({ providers: [{ provide: APP_FILTER, useClass: Filter }] });

    const reply = await ask(app, NESTED);

    expect(reply.errors).toMatchObject([{ message: 'mine', extensions: { code: 'CAPTCHA_MISSING' } }]);
  });

  it('sends the code of what the service throws in a resolver', async () => {
    @Resolver()
    class ServiceResolver {
      constructor(private readonly captcha: NaverCaptchaService) {}

      @Query('open')
      async open(): Promise<string> {
        await this.captcha.verifyOrThrow({ key: 'A'.repeat(91), value: 'ABCDE' });
        return 'never';
      }
    }
    await using app = await start({ providers: [ServiceResolver] });

    expect(JSON.stringify(await ask(app, '{ open }'))).toContain('CAPTCHA_INVALID');
  });

  it('is left alone by a global guard, which protects routes', async () => {
    await using app = await start({ providers: [{ provide: APP_GUARD, useClass: CaptchaGuard }] });

    expect(await ask(app, '{ open }')).toEqual({ data: { open: 'open' } });
  });
});
