import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BadRequestException,
  Body,
  Controller,
  HttpCode,
  type INestApplication,
  type PipeTransform,
  Post,
  type Type,
  ValidationPipe,
} from '@nestjs/common';
import { IsEmail, IsString } from 'class-validator';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  CaptchaAnswerDto,
  NaverCaptchaModule,
  RequireCaptcha,
  type RequireCaptchaOptions,
} from 'nestjs-naver-captcha';

import { type Adapter, ADAPTERS, type RunningApp, startApp } from '../support/app.ts';
import { comparisons, reaching, signUp, solve } from '../support/signup.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 8, dailyQuota: 1_000_000 });
});

afterAll(() => emulator.close());

class SignupDto {
  @IsString()
  name!: string;

  @IsEmail()
  email!: string;
}

class DeclaringDto extends CaptchaAnswerDto {
  @IsString()
  name!: string;
}

function controller(validate: RequireCaptchaOptions['validate']): Type {
  @Controller('signup')
  class SignupController {
    @Post()
    @HttpCode(200)
    @RequireCaptcha({ validate })
    signUp(@Body() dto: SignupDto): { name: string; isDto: boolean } {
      return { name: dto.name, isDto: dto instanceof SignupDto };
    }
  }
  return SignupController;
}

const strict = (app: INestApplication): unknown =>
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));

function start(
  adapter: Adapter,
  validate: RequireCaptchaOptions['validate'],
  configure: (app: INestApplication) => void = strict,
): Promise<RunningApp> {
  return startApp({
    adapter,
    imports: [NaverCaptchaModule.forRoot(reaching(emulator))],
    controllers: [controller(validate)],
    configure,
  });
}

const GOOD = { name: '홍길동', email: 'hong@example.com' };

describe.each(ADAPTERS)('validate on %s', (adapter) => {
  it('refuses a bad body with the pipe’s own words, and costs no attempt', async () => {
    await using app = await start(adapter, SignupDto);
    const answer = await solve(app, emulator);
    const before = comparisons(emulator);

    const refused = await signUp(app, { ...GOOD, email: 'no', ...answer });
    expect(refused).toMatchObject({ status: 400, body: { message: ['email must be an email'] } });
    expect(comparisons(emulator)).toBe(before);

    const accepted = await signUp(app, { ...GOOD, ...answer });
    expect(accepted).toMatchObject({ status: 200, body: { name: '홍길동', isDto: true } });
  });

  it('uses the application’s global pipe: what it forbids is refused before the captcha is spent', async () => {
    await using app = await start(adapter, SignupDto);
    const answer = await solve(app, emulator);
    const before = comparisons(emulator);

    const refused = await signUp(app, { ...GOOD, admin: true, ...answer });

    expect(refused).toMatchObject({ status: 400, body: { message: ['property admin should not exist'] } });
    expect(comparisons(emulator)).toBe(before);
  });

  it('uses a plain pipe where the application has none, and changes nothing for the handler', async () => {
    await using app = await start(adapter, SignupDto, () => undefined);
    const answer = await solve(app, emulator);

    expect((await signUp(app, { ...GOOD, email: 'no', ...answer })).status).toBe(400);
    expect((await signUp(app, { ...GOOD, ...answer })).body).toEqual({ name: '홍길동', isDto: false });
  });

  it('uses the pipe it is given', async () => {
    const pipe: PipeTransform = {
      transform: (value: object) => {
        if ('captchaKey' in value) throw new Error('The captcha’s fields are not the pipe’s business.');
        throw new BadRequestException('never');
      },
    };
    await using app = await start(adapter, { type: SignupDto, pipe });
    const answer = await solve(app, emulator);

    expect((await signUp(app, { ...GOOD, ...answer })).body).toMatchObject({ message: 'never' });
  });

  it('tells who has no key of ours nothing of the body', async () => {
    await using app = await start(adapter, SignupDto);

    const reply = await signUp(app, { email: 'no', captchaKey: 'A'.repeat(91), captchaValue: 'ABCDE' });

    expect(reply.body).toMatchObject({ code: 'CAPTCHA_INVALID' });
  });

  it.each([undefined, null, 'text', 42, [], [[]]])('takes a body of %j without a 500', async (body) => {
    await using app = await start(adapter, SignupDto);
    const { captchaKey, captchaValue } = await solve(app, emulator);
    const headers = { 'x-captcha-key': captchaKey, 'x-captcha-value': captchaValue };

    const reply = await signUp(app, body ?? null, headers);

    expect(reply.status).toBe(400);
  });
});

describe('CaptchaAnswerDto', () => {
  it('lets a DTO declare the two fields, whether they are taken out of the body or not', async () => {
    @Controller('signup')
    class DeclaringController {
      @Post()
      @HttpCode(200)
      @RequireCaptcha({ validate: DeclaringDto })
      signUp(@Body() { name, captchaKey }: DeclaringDto): unknown {
        return { name, has: captchaKey !== undefined };
      }
    }
    for (const strip of [true, false]) {
      await using app = await startApp({
        imports: [NaverCaptchaModule.forRoot({ ...reaching(emulator), strip })],
        controllers: [DeclaringController],
        configure: strict,
      });
      const answer = await solve(app, emulator);

      expect((await signUp(app, { name: 'kim', ...answer })).body).toEqual({ name: 'kim', has: !strip });
    }
  });
});
