import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  HttpCode,
  Module,
  Post,
  type Type,
  ValidationPipe,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { IsString } from 'class-validator';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  CaptchaGuard,
  type CaptchaOutcome,
  CaptchaResult,
  NaverCaptchaModule,
  RequireCaptcha,
  SkipCaptcha,
} from 'nestjs-naver-captcha';

import { ADAPTERS, postJson, startApp } from '../support/app.ts';
import { comparisons, reaching, signUp, signupController, solve, startSignup } from '../support/signup.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 2, dailyQuota: 100_000 });
});

afterAll(() => emulator.close());

@Controller('both')
@RequireCaptcha({ action: 'of-class', kinds: ['image'] })
class BothController {
  @Post('own')
  @HttpCode(200)
  @RequireCaptcha({ action: 'of-method' })
  own(): string {
    return 'ran';
  }

  @Post('same')
  @HttpCode(200)
  @RequireCaptcha()
  same(): string {
    return 'ran';
  }

  @Post('reset')
  @HttpCode(200)
  @RequireCaptcha({ action: undefined })
  reset(): string {
    return 'ran';
  }

  @Post('inherited')
  @HttpCode(200)
  inherited(): string {
    return 'ran';
  }

  @Post('open')
  @HttpCode(200)
  @SkipCaptcha()
  open(@CaptchaResult() outcome: CaptchaOutcome): CaptchaOutcome {
    return outcome;
  }
}

@Controller('plain')
class PlainController {
  @Get()
  read(): string {
    return 'ran';
  }

  @Post()
  @HttpCode(200)
  @SkipCaptcha()
  open(): string {
    return 'ran';
  }
}

class SignupDto {
  @IsString()
  name!: string;
}

@Controller('signup')
class StrictSignupController {
  @Post()
  @HttpCode(200)
  @RequireCaptcha()
  signUp(@Body() dto: SignupDto): { name: string } {
    return { name: dto.name };
  }
}

function startWith(adapter: (typeof ADAPTERS)[number], controllers: Type[], providers: object[] = []) {
  return startApp({
    adapter,
    imports: [NaverCaptchaModule.forRoot(reaching(emulator))],
    controllers,
    providers: providers as never,
  });
}

describe.each(ADAPTERS)('decorators on %s', (adapter) => {
  it.each([
    ['own', 'of-method'],
    ['same', 'of-class'],
    ['reset', undefined],
    ['inherited', 'of-class'],
  ])(
    'verifies once on class and method, and the method decides field by field (%s)',
    async (path, action) => {
      await using app = await startWith(adapter, [BothController]);
      const right = await solve(app, emulator, { action });
      const other = await solve(app, emulator, { action: 'third' });
      const before = comparisons(emulator);

      expect((await postJson(`${app.url}/both/${path}`, other)).body).toMatchObject({
        code: 'CAPTCHA_INVALID',
      });
      const reply = await fetch(`${app.url}/both/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(right),
      });

      expect(await reply.text()).toBe('ran');
      expect(comparisons(emulator) - before).toBe(1);
    },
  );

  it('leaves a skipped method of a protected class open, and tells it so', async () => {
    await using app = await startWith(adapter, [BothController]);

    expect((await postJson(`${app.url}/both/open`, {})).body).toEqual({ status: 'skipped' });
  });

  it('protects every route as APP_GUARD, whatever the method, but skipped ones', async () => {
    await using app = await startWith(
      adapter,
      [PlainController],
      [{ provide: APP_GUARD, useClass: CaptchaGuard }],
    );
    const { captchaKey, captchaValue } = await solve(app, emulator);

    expect((await fetch(`${app.url}/plain`)).status).toBe(400);
    expect((await fetch(`${app.url}/plain`, { method: 'HEAD' })).status).toBe(400);
    expect((await fetch(`${app.url}/plain`, { method: 'POST' })).status).toBe(200);
    const answered = await fetch(`${app.url}/plain`, {
      headers: { 'x-captcha-key': captchaKey, 'x-captcha-value': captchaValue },
    });
    expect(await answered.text()).toBe('ran');
  });

  it('verifies once where APP_GUARD, class and method all ask', async () => {
    await using app = await startWith(
      adapter,
      [BothController],
      [{ provide: APP_GUARD, useClass: CaptchaGuard }],
    );
    const answer = await solve(app, emulator, { action: 'of-method' });
    const before = comparisons(emulator);

    const reply = await fetch(`${app.url}/both/own`, { method: 'POST', body: new URLSearchParams(answer) });

    expect(await reply.text()).toBe('ran');
    expect(comparisons(emulator) - before).toBe(1);
  });

  it('works in a feature module without a second import', async () => {
    @Module({ controllers: [signupController()] })
    class FeatureModule {}

    await using app = await startApp({
      adapter,
      imports: [NaverCaptchaModule.forRoot(reaching(emulator)), FeatureModule],
    });
    const answer = await solve(app, emulator);

    expect((await signUp(app, answer)).status).toBe(200);
  });

  it('works with isGlobal: false where the feature module imports it', async () => {
    @Module({
      imports: [NaverCaptchaModule.forRoot({ ...reaching(emulator), isGlobal: false })],
      controllers: [signupController()],
    })
    class FeatureModule {}

    await using app = await startApp({ adapter, imports: [FeatureModule] });
    const answer = await solve(app, emulator);

    expect((await signUp(app, answer)).status).toBe(200);
  });

  it('goes with a strict ValidationPipe and a DTO that knows nothing of captchas', async () => {
    await using app = await startApp({
      adapter,
      imports: [NaverCaptchaModule.forRoot(reaching(emulator))],
      controllers: [StrictSignupController],
      configure: (nest) =>
        nest.useGlobalPipes(
          new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }),
        ),
    });
    const answer = await solve(app, emulator);

    const reply = await signUp(app, { ...answer, name: '홍길동' });

    expect(reply.body).toEqual({ name: '홍길동' });
  });

  it('leaves the fields in the body with strip: false', async () => {
    await using app = await startSignup(emulator, { adapter, options: { strip: false } });
    const answer = await solve(app, emulator);

    expect((await signUp(app, answer)).body).toMatchObject({ body: answer });
  });

  it('takes other names, one by one, and does not look where it is told not to', async () => {
    await using app = await startSignup(emulator, {
      adapter,
      options: { bodyFields: { key: 'k' }, headerNames: false },
    });
    const { captchaKey, captchaValue } = await solve(app, emulator);
    const headers = { 'x-captcha-key': captchaKey, 'x-captcha-value': captchaValue };

    expect((await signUp(app, {}, headers)).body).toMatchObject({ code: 'CAPTCHA_MISSING' });
    expect((await signUp(app, { k: captchaKey, captchaValue, name: 1 })).body).toMatchObject({
      body: { name: 1 },
    });
  });

  it('finds header names whatever their case', async () => {
    await using app = await startSignup(emulator, { adapter, options: { headerNames: { key: 'My-Key' } } });
    const { captchaKey, captchaValue } = await solve(app, emulator);

    expect((await signUp(app, {}, { 'MY-KEY': captchaKey, 'X-Captcha-Value': captchaValue })).status).toBe(
      200,
    );
  });
});

describe.each(ADAPTERS)('skipIf on %s', (adapter) => {
  const contextual = (context: ExecutionContext): boolean =>
    context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-internal'] === 'yes';

  it.each([
    ['true', true],
    ['a function', contextual],
    ['an async function', async (context: ExecutionContext) => Promise.resolve(contextual(context))],
  ])('skips by %s, strips the fields, and verifies nothing', async (_, skipIf) => {
    await using app = await startSignup(emulator, { adapter, require: { skipIf } });
    const before = emulator.requests.length;

    const reply = await signUp(app, { captchaKey: 'k', captchaValue: 'v', name: 1 }, { 'x-internal': 'yes' });

    expect(reply.body).toEqual({ ran: true, outcome: { status: 'skipped' }, body: { name: 1 } });
    expect(emulator.requests).toHaveLength(before);
  });

  it.each([
    ['false', () => false],
    ['a truthy value', () => 'yes' as unknown as boolean],
    ['a promise of a truthy value', async () => Promise.resolve(1 as unknown as boolean)],
    [
      'a throw',
      () => {
        throw new TypeError('no user');
      },
    ],
    ['a rejection', () => Promise.reject(new TypeError('no user'))],
  ])('requires the captcha on %s', async (_, skipIf) => {
    await using app = await startSignup(emulator, { adapter, require: { skipIf } });

    expect((await signUp(app, {})).body).toMatchObject({ code: 'CAPTCHA_MISSING' });
  });

  it('lets an HTTP exception of skipIf be the reply', async () => {
    const skipIf = (): boolean => {
      throw new ForbiddenException('not you');
    };
    await using app = await startSignup(emulator, { adapter, require: { skipIf } });

    expect(await signUp(app, {})).toMatchObject({ status: 403, body: { message: 'not you' } });
  });
});

describe.each(ADAPTERS)('extract and binding on %s', (adapter) => {
  it('takes the answer from where extract finds it', async () => {
    const extract = (context: ExecutionContext): unknown => {
      const { body } = context.switchToHttp().getRequest<{ body: { answer: string } }>();
      const [key, value] = body.answer.split(' ');
      return { key, value };
    };
    await using app = await startSignup(emulator, { adapter, require: { extract } });
    const { captchaKey, captchaValue } = await solve(app, emulator);

    expect((await signUp(app, { answer: `${captchaKey} ${captchaValue}` })).status).toBe(200);
    expect(await signUp(app, {})).toMatchObject({ status: 400, body: { code: 'CAPTCHA_MALFORMED' } });
    expect(await signUp(app, { answer: 'k' })).toMatchObject({
      status: 400,
      body: { code: 'CAPTCHA_MISSING' },
    });
  });

  it.each([undefined, null, 42, 'text', [], { key: 1, value: 2 }, { key: ['a'], value: 'b' }])(
    'refuses what extract yields without a 500: %j',
    async (found) => {
      await using app = await startSignup(emulator, { adapter, require: { extract: () => found } });

      expect((await signUp(app, {})).status).toBe(400);
    },
  );

  it.each([
    [
      'throws',
      () => {
        throw new TypeError('no session');
      },
    ],
    ['yields a number', () => 42 as unknown as string],
  ])('refuses where binding %s', async (_, binding) => {
    await using app = await startSignup(emulator, { adapter, require: { binding } });
    const answer = await solve(app, emulator);
    const before = comparisons(emulator);

    expect((await signUp(app, answer)).status).toBe(400);
    expect(comparisons(emulator)).toBe(before);
  });
});

describe('a subclass of the guard', () => {
  class MyGuard extends CaptchaGuard implements CanActivate {
    protected override findAnswer(context: ExecutionContext): unknown {
      const { query } = context.switchToHttp().getRequest<{ query: { k: string; v: string } }>();
      return { key: query.k, value: query.v };
    }

    protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
      return Promise.resolve(context.getHandler().name === 'open');
    }

    protected override toTransportError(): unknown {
      return new ForbiddenException('mine');
    }
  }

  it('finds answers, skips and refuses its own way', async () => {
    await using app = await startWith(
      'express',
      [PlainController],
      [{ provide: APP_GUARD, useClass: MyGuard }],
    );
    const { captchaKey, captchaValue } = await solve(app, emulator);

    expect(await (await fetch(`${app.url}/plain`)).json()).toMatchObject({
      message: 'mine',
      statusCode: 403,
    });
    const answered = await fetch(
      `${app.url}/plain?${new URLSearchParams({ k: captchaKey, v: captchaValue })}`,
    );
    expect(await answered.text()).toBe('ran');
  });
});

describe('mistakes in a decorator', () => {
  it.each([
    { action: 'Sign Up' },
    { action: '' },
    { action: 'x'.repeat(33) },
    { kinds: [] },
    { kinds: ['video' as never] },
  ])('stop the boot: %j', (options) => {
    expect(() => RequireCaptcha(options)).toThrow(RangeError);
  });
});
