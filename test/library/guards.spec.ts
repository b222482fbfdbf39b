import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  type ExecutionContext,
  HttpCode,
  Injectable,
  type LoggerService,
  Post,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
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
import { comparisons, reaching, solve } from '../support/signup.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 15, dailyQuota: 1_000_000 });
});

afterAll(() => emulator.close());

/** Skips what a client marks; a strict guard must not believe it. */
@Injectable()
class LenientGuard extends CaptchaGuard {
  protected override shouldSkip(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>();
    return headers['x-internal'] === 'yes';
  }
}

let counted = 0;

@Controller('strict')
class StrictController {
  @Post()
  @HttpCode(200)
  @RequireCaptcha()
  strict(@CaptchaResult() outcome: CaptchaOutcome): CaptchaOutcome {
    return outcome;
  }

  @Post('lenient')
  @HttpCode(200)
  lenient(@CaptchaResult() outcome: CaptchaOutcome): CaptchaOutcome {
    return outcome;
  }

  @Post('twice')
  @HttpCode(200)
  @UseGuards(LenientGuard)
  twice(@CaptchaResult() outcome: CaptchaOutcome): CaptchaOutcome {
    return outcome;
  }

  @Post('failing')
  @RequireCaptcha({
    afterFailures: {
      limit: 3,
      by: () => {
        counted += 1;
        return { key: 'k' };
      },
      isFailure: () => true,
    },
  })
  failing(@CaptchaResult() outcome: CaptchaOutcome): CaptchaOutcome {
    return outcome;
  }
}

describe.each(ADAPTERS)('a skip of a lenient guard does not satisfy a strict one, on %s', (adapter) => {
  const internal = { 'x-internal': 'yes' };
  const start = () =>
    startApp({
      adapter,
      imports: [NaverCaptchaModule.forRoot(reaching(emulator))],
      controllers: [StrictController],
      providers: [{ provide: APP_GUARD, useClass: LenientGuard }],
    });

  it('what the global guard skipped is asked for by @RequireCaptcha()', async () => {
    await using app = await start();

    expect((await postJson(`${app.url}/strict`, {}, internal)).body).toMatchObject({
      code: 'CAPTCHA_MISSING',
    });
    const answer = await solve(app, emulator);
    expect((await postJson(`${app.url}/strict`, answer, internal)).body).toMatchObject({
      status: 'verified',
    });
  });

  it('a verified answer satisfies both, by one comparison', async () => {
    await using app = await start();
    const answer = await solve(app, emulator);
    const before = comparisons(emulator);

    expect((await postJson(`${app.url}/strict`, answer)).body).toMatchObject({ status: 'verified' });
    expect(comparisons(emulator) - before).toBe(1);
  });

  it('the skip holds where only lenient guards are', async () => {
    await using app = await start();

    for (const path of ['lenient', 'twice']) {
      const { body } = await postJson(`${app.url}/strict/${path}`, {}, internal);
      expect(body).toEqual({ status: 'skipped' });
    }
  });

  it('a try counts once, however many guards there are', async () => {
    await using app = await start();
    counted = 0;
    for (let time = 0; time < 3; time += 1) {
      expect((await postJson(`${app.url}/strict/failing`, {})).body).toEqual({ status: 'notNeeded' });
    }

    expect(counted).toBe(3);
    expect((await postJson(`${app.url}/strict/failing`, {})).status).toBe(400);
  });
});

@SkipCaptcha()
class PublicController {}

@Controller('admin')
class AdminController extends PublicController {
  @Post()
  remove(): void {
    // Open, although nobody said so here.
  }

  @Post('protected')
  @RequireCaptcha()
  protectedOne(): void {
    // Its own decorator.
  }
}

@Controller('said')
@SkipCaptcha()
class SaidController extends PublicController {
  @Post()
  open(): void {
    // Its class says so.
  }
}

class BaseController {
  @Post()
  @RequireCaptcha({ action: 'signup' })
  signUp(): string {
    return 'base';
  }

  @Post('other')
  @RequireCaptcha()
  other(): string {
    return 'base';
  }
}

@Controller('own')
class OwnController extends BaseController {
  @Post()
  override signUp(): string {
    return 'own';
  }
}

@Controller('meant')
class MeantController extends BaseController {
  @Post()
  @SkipCaptcha()
  override signUp(): string {
    return 'own';
  }
}

@Injectable()
class SignupService {
  @RequireCaptcha()
  signUp(): void {
    // Nest calls no guard for a service.
  }
}

interface Boot {
  readonly warnings: string[];
  readonly list: string[];
}

async function boot(controllers: Type[], providers: object[] = []): Promise<Boot> {
  const warnings: string[] = [];
  let list: string[] = [];
  const silent = (): void => undefined;
  const logger: LoggerService = {
    log: silent,
    error: silent,
    warn: (line: string) => warnings.push(line),
    debug: (text: string) => {
      if (text.startsWith('What the captcha protects:'))
        list = text
          .split('\n')
          .slice(1)
          .map((line) => line.trim());
    },
  };
  const app = await startApp({
    imports: [NaverCaptchaModule.forRoot({ ...reaching(emulator), routes: true })],
    controllers,
    providers: providers as never,
    logger,
  });
  await app.app.close();
  return { warnings, list };
}

const GLOBAL = { provide: APP_GUARD, useClass: CaptchaGuard };

describe('a warning at boot says where protection is lost without a word', () => {
  it('a class that inherits @SkipCaptcha()', async () => {
    const { warnings } = await boot([AdminController, SaidController], [GLOBAL]);

    expect(warnings).toEqual([
      expect.stringMatching(/^AdminController inherits @SkipCaptcha\(\) from PublicController/),
    ]);
  });

  it('an overriding method without the @RequireCaptcha() of its base', async () => {
    const { warnings } = await boot([OwnController, MeantController]);

    expect(warnings).toEqual([
      expect.stringMatching(/^OwnController\.signUp overrides BaseController\.signUp/),
    ]);
  });

  it('not where a global guard protects the overriding method', async () => {
    expect((await boot([OwnController, MeantController], [GLOBAL])).warnings).toEqual([]);
  });

  it('a method that no client reaches', async () => {
    const { warnings } = await boot([], [SignupService]);

    expect(warnings).toEqual([
      expect.stringMatching(/^SignupService\.signUp has @RequireCaptcha\(\), but is no route/),
    ]);
  });
});

describe('a list at boot, at debug level, says what is protected by what, without the routes of the module', () => {
  it('without a global guard', async () => {
    const { list } = await boot([StrictController, OwnController, MeantController]);

    expect(list).toEqual([
      'StrictController.strict: captcha required, by @RequireCaptcha() on the method',
      'StrictController.lenient: open, no captcha guard',
      'StrictController.twice: captcha required by LenientGuard',
      'StrictController.failing: captcha required, after failures, by @RequireCaptcha() on the method',
      'OwnController.signUp: open, no captcha guard',
      'OwnController.other: captcha required, by @RequireCaptcha() on the method',
      'MeantController.signUp: open, no captcha guard',
      'MeantController.other: captcha required, by @RequireCaptcha() on the method',
    ]);
  });

  it('with one', async () => {
    const { list } = await boot([AdminController, SaidController, OwnController], [GLOBAL]);

    expect(list).toEqual([
      'AdminController.remove: open by @SkipCaptcha() on PublicController, inherited',
      'AdminController.protectedOne: captcha required, by @RequireCaptcha() on the method',
      'SaidController.open: open by @SkipCaptcha() on SaidController',
      'OwnController.signUp: captcha required by CaptchaGuard',
      'OwnController.other: captcha required, by @RequireCaptcha() on the method',
    ]);
  });
});
