import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { Args, GraphQLModule, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { type CaptchaOutcome, CaptchaResult, RequireCaptcha } from 'nestjs-naver-captcha';

import { postJson, type RunningApp, startApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { comparisons, solve } from '../support/signup.ts';
import { captchas } from './support/door.ts';
import { DRIVERS } from './support/graphql-doors.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 16, dailyQuota: 1_000_000, maxRequests: 10_000 });
});

afterAll(() => emulator.close());

const isInternal = (context: ExecutionContext): boolean =>
  context.getArgByIndex<{ name?: string }>(1).name === 'internal';

const person = { id: 'kim' };

@Resolver('Person')
@RequireCaptcha()
class PersonResolver {
  @Mutation()
  signUp(): object {
    return person;
  }

  @Mutation()
  @RequireCaptcha({ skipIf: isInternal })
  invite(@Args('name') name: string): object {
    return { id: name };
  }

  @Query()
  people(): object[] {
    return [{ id: 'a' }, { id: 'b' }];
  }

  @ResolveField()
  outcome(@CaptchaResult() outcome: CaptchaOutcome): string {
    return outcome.status;
  }

  @ResolveField()
  friends(@Parent() { id }: { id: string }): object[] {
    return [{ id: `${id}-1` }, { id: `${id}-2` }];
  }

  @ResolveField()
  @RequireCaptcha({ action: 'phone' })
  phone(): string {
    return '010';
  }
}

/** Reaches the same fields without a captcha of its own. */
@Resolver()
class OpenResolver {
  @Mutation()
  open(): object {
    return person;
  }
}

const typeDefs = `
  type Person { id: String outcome: String phone: String friends: [Person] }
  type Query { people: [Person] }
  type Mutation { signUp: Person invite(name: String): Person open: Person }
`;

interface Reply {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: { readonly extensions: Record<string, unknown>; readonly path?: unknown }[];
}

const refusals = ({ errors = [] }: Reply): unknown[] =>
  errors.map(({ extensions, path }) => [(path as unknown[]).join('.'), extensions['code']]);

describe.each(DRIVERS)('fields of a guarded result ride on its pass, with $name', ({ adapter, graphql }) => {
  const start = (
    fieldResolverEnhancers: 'guards'[] = ['guards'],
    logger = new KeptLogs(),
  ): Promise<RunningApp> =>
    startApp({
      adapter,
      imports: [captchas(emulator), GraphQLModule.forRoot({ ...graphql, typeDefs, fieldResolverEnhancers })],
      providers: [PersonResolver, OpenResolver],
      logger,
    });
  const ask = async (app: RunningApp, query: string): Promise<Reply> => {
    const { captchaKey, captchaValue } = await solve(app, emulator);
    const headers = { 'x-captcha-key': captchaKey, 'x-captcha-value': captchaValue };
    return (await postJson(`${app.url}/graphql`, { query }, headers)).body as Reply;
  };

  it('at every depth, by one comparison', async () => {
    await using app = await start();
    const before = comparisons(emulator);

    const reply = await ask(
      app,
      'mutation { signUp { id outcome friends { id outcome friends { outcome } } } }',
    );

    const leaf = { outcome: 'verified' };
    const friend = (id: string) => ({ id, outcome: 'verified', friends: [leaf, leaf] });
    expect(reply).toEqual({
      data: { signUp: { id: 'kim', outcome: 'verified', friends: [friend('kim-1'), friend('kim-2')] } },
    });
    expect(comparisons(emulator) - before).toBe(1);
  });

  it('also those of a list', async () => {
    await using app = await start();

    expect(await ask(app, '{ people { outcome } }')).toEqual({
      data: { people: [{ outcome: 'verified' }, { outcome: 'verified' }] },
    });
  });

  it('an alias of the operation does not ride, nor do its fields run', async () => {
    await using app = await start();

    const reply = await ask(app, 'mutation { a: signUp { outcome } b: signUp { outcome } }');

    expect(reply.data).toEqual({ a: { outcome: 'verified' }, b: null });
    expect(refusals(reply)).toEqual([['b', 'CAPTCHA_USED']]);
  });

  it('fields beside the verified one do not ride', async () => {
    await using app = await start();

    const reply = await ask(app, 'mutation { signUp { outcome } open { outcome } }');

    expect(reply.data).toEqual({ signUp: { outcome: 'verified' }, open: { outcome: null } });
    expect(refusals(reply)).toEqual([['open.outcome', 'CAPTCHA_USED']]);
  });

  it('fields below a skipped one do not ride, whatever was verified before', async () => {
    await using app = await start();

    const query =
      'mutation { a: invite(name: "kim") { outcome } b: invite(name: "internal") { id outcome } }';
    const reply = await ask(app, query);

    expect(reply.data).toEqual({ a: { outcome: 'verified' }, b: { id: 'internal', outcome: null } });
    expect(refusals(reply)).toEqual([['b.outcome', 'CAPTCHA_USED']]);
  });

  it('a field whose own decorator names another action does not ride', async () => {
    await using app = await start();

    const reply = await ask(app, 'mutation { signUp { outcome phone } }');

    expect(reply.data).toEqual({ signUp: { outcome: 'verified', phone: null } });
    expect(refusals(reply)).toEqual([['signUp.phone', 'CAPTCHA_INVALID']]);
  });

  it('the next request with the same text does not ride', async () => {
    await using app = await start();
    const query = 'mutation { signUp { outcome } }';
    await ask(app, query);

    const { body } = await postJson(`${app.url}/graphql`, { query });

    expect(refusals(body as Reply)).toEqual([['signUp', 'CAPTCHA_MISSING']]);
  });

  it('of two equal queries of a batch, only the fields of the verified one ride', async () => {
    await using app = await start();
    const { captchaKey, captchaValue } = await solve(app, emulator);
    const headers = { 'x-captcha-key': captchaKey, 'x-captcha-value': captchaValue };
    const query = 'mutation ($name: String) { invite(name: $name) { outcome } }';
    const batch = ['kim', 'internal'].map((name) => ({ query, variables: { name } }));

    const { body } = await postJson(`${app.url}/graphql`, batch, headers);

    const [verified, skipped] = body as Reply[];
    expect(
      [verified?.data, skipped?.data].filter((data) => JSON.stringify(data).includes('verified')),
    ).toHaveLength(1);
    expect(skipped?.data).toEqual({ invite: { outcome: null } });
  });

  it('without guards for fields, a warning says that their own decorators do nothing', async () => {
    const logger = new KeptLogs();
    await using app = await start([], logger);

    expect(await ask(app, 'mutation { signUp { phone } }')).toEqual({ data: { signUp: { phone: '010' } } });
    expect(logger.of('warn')).toEqual([
      expect.stringMatching(
        /^warn PersonResolver\.phone has @RequireCaptcha\(\), but GraphQL runs no guards for fields/,
      ),
    ]);
  });
});
