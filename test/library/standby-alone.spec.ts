import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import {
  type CaptchaEngineName,
  CAPTCHA_OPTIONS,
  NaverCaptchaClient,
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  NaverCaptchaService,
  type ResolvedCaptchaOptions,
} from 'nestjs-naver-captcha';
import { standbyEngine } from 'nestjs-naver-captcha/standby';
import { overrideCaptcha } from 'nestjs-naver-captcha/testing';

import { ADAPTERS, startApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { signupController, signUp } from '../support/signup.ts';
import { ask, readableStandby, readAnswer } from '../support/standby.ts';

const SIGNING_SECRET = 'a signing secret of more than 32 characters';
const ALONE: NaverCaptchaModuleOptions = {
  engines: ['standby'],
  standby: readableStandby(),
  signingSecret: SIGNING_SECRET,
};

let environment: NodeJS.ProcessEnv;

beforeEach(() => {
  environment = { ...process.env };
  // Without the credentials that this machine's environment may hold.
  process.env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('NAVER_CAPTCHA_')),
  );
});

afterEach(() => {
  process.env = environment;
});

async function optionsOf(given: NaverCaptchaModuleOptions): Promise<ResolvedCaptchaOptions> {
  await using app = await startApp({ imports: [NaverCaptchaModule.forRoot(given)] });
  return app.get<ResolvedCaptchaOptions>(CAPTCHA_OPTIONS);
}

describe.each(ADAPTERS)('%s: without NAVER and without credentials', (adapter) => {
  it('an application gives challenges and takes answers', async () => {
    const logger = new KeptLogs();
    await using app = await startApp({
      adapter,
      logger,
      imports: [NaverCaptchaModule.forRoot({ ...ALONE, routes: true })],
      controllers: [signupController()],
    });

    const answer = await readAnswer(app, await ask(app));

    expect((await signUp(app, answer)).body).toMatchObject({
      outcome: { status: 'verified', engine: 'standby' },
    });
    expect(logger.of('log').filter((line) => line.includes('NAVER'))).toEqual([
      "log NAVER is not used (engines: ['standby']): the standby makes every challenge.",
    ]);
  });
});

it('calls NAVER by no way, has no quota, and needs none on ncloud', async () => {
  await using app = await startApp({
    imports: [NaverCaptchaModule.forRoot({ ...ALONE, platform: 'ncloud', prefetch: { size: 3 } })],
  });

  await expect(app.get(NaverCaptchaClient).issueKey('image')).rejects.toMatchObject({
    code: 'CAPTCHA_MISCONFIGURED',
  });
  expect((await app.get(NaverCaptchaService).quota()).image).toMatchObject({ used: 0, limit: undefined });
});

describe('engines', () => {
  const WITH_NAVER = { clientId: 'id', clientSecret: 'secret' };
  const standby = readableStandby();
  const USED: [given: NaverCaptchaModuleOptions, engines: CaptchaEngineName[]][] = [
    [WITH_NAVER, ['naver']],
    [{ ...WITH_NAVER, engines: ['naver'] }, ['naver']],
    [{ ...WITH_NAVER, standby }, ['naver', 'standby']],
    [{ ...WITH_NAVER, standby, engines: ['naver'] }, ['naver']],
    [{ ...WITH_NAVER, standby, engines: ['naver', 'standby'] }, ['naver', 'standby']],
    [ALONE, ['standby']],
  ];

  it.each(USED)('%j: %j', async (given, engines) => {
    expect((await optionsOf(given)).engines).toEqual(engines);
  });

  const REFUSED: [given: NaverCaptchaModuleOptions, remedy: string][] = [
    [
      { ...WITH_NAVER, engines: ['naver', 'standby'] },
      "pass standby: standbyEngine() of 'nestjs-naver-captcha/standby'",
    ],
    [{ engines: ['standby'], signingSecret: SIGNING_SECRET }, 'standby is missing, and engines names it'],
    [{ engines: ['standby'], standby }, 'signingSecret (or NAVER_CAPTCHA_SIGNING_SECRET) is missing'],
    [
      { engines: ['standby'], standby, signingSecret: null as never },
      'signingSecret (or NAVER_CAPTCHA_SIGNING_SECRET) is missing',
    ],
    [{ ...WITH_NAVER, engines: [] }, "engines must be ['naver'], ['naver', 'standby'] or ['standby']"],
    [{ ...WITH_NAVER, standby, engines: ['standby', 'naver'] }, 'engines must be'],
    [{ ...WITH_NAVER, standby, keys: 'raw' }, "standby cannot be used with keys: 'raw'"],
  ];

  it.each(REFUSED)('are refused with the remedy: %j', async (given, remedy) => {
    await expect(optionsOf(given)).rejects.toThrow(remedy);
  });
});

it('refuses an unknown style of the pictures at boot', async () => {
  const standby = standbyEngine({ style: 'unknown' as never });
  await expect(optionsOf({ ...ALONE, standby })).rejects.toThrow('must be one of photo, flow, plain');
});

it.each(['fr', '', null, 1])('refuses an unknown language of the digits: %j', (lang) => {
  expect(() => standbyEngine({ lang: lang as never })).toThrow(RangeError);
});

it('is replaced by overrideCaptcha(), like NAVER', async () => {
  const builder = Test.createTestingModule({
    imports: [
      NaverCaptchaModule.forRoot({
        engines: ['standby'],
        standby: standbyEngine(),
        signingSecret: SIGNING_SECRET,
      }),
    ],
  });
  const captcha = overrideCaptcha(builder);
  const module = await builder.compile();
  const service = module.get(NaverCaptchaService);
  const { key } = await service.createChallenge();

  expect(await service.verify({ key, value: captcha.value })).toMatchObject({ passed: true });
  expect(await service.verify({ key: captcha.key, value: captcha.value })).toMatchObject({ passed: true });
  await module.close();
});
