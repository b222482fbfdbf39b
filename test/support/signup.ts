import { Body, Controller, Get, HttpCode, Inject, Post, type Type } from '@nestjs/common';
import {
  type CaptchaChallenge,
  type CaptchaOutcome,
  CaptchaResult,
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  NaverCaptchaService,
  RequireCaptcha,
  type RequireCaptchaOptions,
} from 'nestjs-naver-captcha';
import type { NaverCaptchaEmulator } from 'naver-captcha-emulator';

import { type AppSetup, type JsonReply, postJson, type RunningApp, startApp } from './app.ts';

/** What a protected handler returns: a test sees that it ran, and with which outcome. */
export interface Ran {
  readonly ran: true;
  readonly outcome: CaptchaOutcome;
  readonly body: unknown;
}

/** A controller whose `POST /signup` is protected. */
export function signupController(options?: RequireCaptchaOptions): Type {
  @Controller('signup')
  class SignupController {
    @Post()
    @HttpCode(200)
    @RequireCaptcha(options)
    signUp(@CaptchaResult() outcome: CaptchaOutcome, @Body() body: unknown): Ran {
      return { ran: true, outcome, body };
    }
  }
  return SignupController;
}

/** A controller that makes challenges and shows their pictures, as the README has it. */
@Controller('captcha')
export class ChallengeController {
  constructor(@Inject(NaverCaptchaService) private readonly captcha: NaverCaptchaService) {}

  @Get()
  create(): Promise<CaptchaChallenge> {
    return this.captcha.createChallenge();
  }
}

/** The settings that reach an emulator. */
export function reaching({ url, clientId, clientSecret }: NaverCaptchaEmulator): NaverCaptchaModuleOptions {
  return { baseUrl: url, clientId, clientSecret };
}

export interface SignupSetup extends AppSetup {
  readonly options?: NaverCaptchaModuleOptions;
  readonly require?: RequireCaptchaOptions;
}

/** An application with a protected sign-up, on the emulator. */
export function startSignup(emulator: NaverCaptchaEmulator, setup: SignupSetup = {}): Promise<RunningApp> {
  const { options, require, ...rest } = setup;
  return startApp({
    imports: [NaverCaptchaModule.forRoot({ ...reaching(emulator), ...options })],
    controllers: [signupController(require), ChallengeController],
    ...rest,
  });
}

/** A challenge made, its picture fetched, and its answer read off the emulator. */
export async function solve(
  { app }: RunningApp,
  emulator: NaverCaptchaEmulator,
  options?: Parameters<NaverCaptchaService['createChallenge']>[0],
): Promise<{ captchaKey: string; captchaValue: string }> {
  const service = app.get(NaverCaptchaService, { strict: false });
  const { key } = await service.createChallenge(options);
  await service.fetchMedia(key);
  const { naverKey } = lastRequest(emulator);
  return { captchaKey: key, captchaValue: emulator.answerOf(naverKey) };
}

function lastRequest(emulator: NaverCaptchaEmulator): { naverKey: string } {
  const naverKey = emulator.requests.at(-1)?.naverKey;
  if (naverKey === undefined) throw new Error('The emulator has seen no key yet.');
  return { naverKey };
}

/** How many comparisons reached the emulator. */
export function comparisons(emulator: NaverCaptchaEmulator): number {
  return emulator.requests.filter(({ call }) => call === 'compare').length;
}

export function signUp(
  { url }: RunningApp,
  body: unknown,
  headers?: Record<string, string>,
): Promise<JsonReply> {
  return postJson(`${url}/signup`, body, headers);
}
