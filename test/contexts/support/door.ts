import { IsEmail, IsString } from 'class-validator';
import type { NaverCaptchaEmulator } from 'naver-captcha-emulator';
import { NaverCaptchaModule, type NaverCaptchaModuleOptions, RequireCaptcha } from 'nestjs-naver-captcha';

import type { RunningApp } from '../../support/app.ts';
import { reaching } from '../../support/signup.ts';

/** Nothing that comes back takes so long; a client that waited for ever would keep the tests from ending. */
export const PATIENCE_MS = 15_000;

/** What came back: what the handler returned, or the error in the form of this transport. */
export interface Told {
  readonly ran?: unknown;
  readonly error?: unknown;
}

/** One running application with a real client in front of it. */
export interface OpenDoor extends AsyncDisposable {
  readonly app: RunningApp;
  /**
   * Sends this to a handler, such as `signUpValid`, which checks it before the captcha is spent.
   * @default 'signUp'
   */
  send(payload: unknown, handler?: string): Promise<Told>;
}

export interface DoorSetup {
  readonly options?: NaverCaptchaModuleOptions;
  /** What the client reads, where its transport can tell. */
  readonly acceptLanguage?: string;
}

export interface Door {
  readonly name: string;
  /** Whether a client can tell which language it reads. */
  readonly tellsLanguage: boolean;
  /** Whether its client sends `null` at all. */
  readonly sendsNull: boolean;
  readonly open: (emulator: NaverCaptchaEmulator, setup?: DoorSetup) => Promise<OpenDoor>;
}

class SignupDto {
  @IsString()
  name!: string;

  @IsEmail()
  email!: string;
}

/** On the class and on the method of every door: every test shows that they verify once. */
export const OfClass = RequireCaptcha({ kinds: ['image', 'work'] });
export const OfMethod = RequireCaptcha();
export const Validating = RequireCaptcha({ validate: SignupDto });

export function captchas(emulator: NaverCaptchaEmulator, options: NaverCaptchaModuleOptions = {}) {
  return NaverCaptchaModule.forRoot({ ...reaching(emulator), ...options });
}
