import { describe, expect, it } from '@jest/globals';
import { Controller, type DynamicModule, Inject, Injectable, Module, Post, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  CAPTCHA_OPTIONS,
  CAPTCHA_STORE,
  MemoryCaptchaStore,
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  type NaverCaptchaOptionsFactory,
  NaverCaptchaService,
  RequireCaptcha,
  type ResolvedCaptchaOptions,
} from 'nestjs-naver-captcha';

import { type AppSetup, type RunningApp, startApp } from '../support/app.ts';
import { withEnvironment } from '../support/environment.ts';
import { KeptLogs } from '../support/logs.ts';
import { json, ReplayServer } from '../support/replay-server.ts';
import { CLIENT_ID, CLIENT_SECRET, startReplayedApp } from '../support/replayed-app.ts';
import { storeWithoutPop } from '../support/store-without-pop.ts';

const CREDENTIALS = { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
const NAVER_KEY = 't521bp3qM7Qyk2X2';

const clientIdIn = (app: RunningApp): string => app.get<ResolvedCaptchaOptions>(CAPTCHA_OPTIONS).clientId;

/** The message a boot stops with. */
async function refusal(imports: AppSetup['imports']): Promise<string> {
  const outcome: unknown = await startApp({ imports: imports ?? [] }).catch((thrown: unknown) => thrown);
  if (!(outcome instanceof Error)) throw new Error('The boot was to be stopped');
  expect(outcome.message).not.toContain(CLIENT_SECRET);
  return outcome.message;
}

describe('forRoot', () => {
  it('without anything takes the environment of the moment it starts', async () => {
    const imported = NaverCaptchaModule.forRoot();
    const variables = { NAVER_CAPTCHA_CLIENT_ID: 'late', NAVER_CAPTCHA_CLIENT_SECRET: CLIENT_SECRET };
    await withEnvironment(variables, async () => {
      await using app = await startApp({ imports: [imported] });
      expect(clientIdIn(app)).toBe('late');
    });
  });

  it('stops the boot where settings are missing', async () => {
    await withEnvironment({}, async () => {
      expect(await refusal([NaverCaptchaModule.forRoot()])).toMatch(
        /cannot start:\n.*clientId.*\n.*clientSecret/,
      );
    });
  });

  it.each(['id', 42, [CREDENTIALS]])('stops the boot where it is given %j', async (given) => {
    const message = await refusal([
      NaverCaptchaModule.forRoot(given as unknown as NaverCaptchaModuleOptions),
    ]);
    expect(message).toContain('NaverCaptchaModule cannot start');
  });

  it('twice the same import is one module', async () => {
    const imported = NaverCaptchaModule.forRoot(CREDENTIALS);
    @Module({ imports: [imported] })
    class Feature {}
    await using app = await startApp({ imports: [imported, Feature] });
    expect(clientIdIn(app)).toBe(CLIENT_ID);
  });
});

describe("an application without the module's options stops with Nest's error, which names the remedy", () => {
  @Controller('signup')
  class SignupController {
    @Post()
    @RequireCaptcha()
    signUp(): void {
      // Never reached.
    }
  }
  const remedy = 'import NaverCaptchaModule.forRoot() in the root module';

  it('if the module is not imported', async () => {
    await expect(startApp({ controllers: [SignupController] })).rejects.toThrow(remedy);
  });

  it('in a test of a controller alone', async () => {
    const builder = Test.createTestingModule({ controllers: [SignupController] });
    await expect(builder.compile()).rejects.toThrow(remedy);
  });

  it('if the class is imported without forRoot()', async () => {
    const imports = [NaverCaptchaModule];
    await expect(startApp({ imports, controllers: [SignupController] })).rejects.toThrow(
      'import NaverCaptchaModule.forRoot(), not the class',
    );
  });
});

describe('forRootAsync', () => {
  @Injectable()
  class Settings {
    readonly clientId = 'from-settings';
  }
  @Module({ providers: [Settings], exports: [Settings] })
  class SettingsModule {}

  it('useFactory with inject', async () => {
    const imported = NaverCaptchaModule.forRootAsync({
      imports: [SettingsModule],
      inject: [Settings],
      useFactory: async ({ clientId }: Settings) => ({ clientId, clientSecret: CLIENT_SECRET }),
    });
    await using app = await startApp({ imports: [imported] });
    expect(clientIdIn(app)).toBe('from-settings');
  });

  @Injectable()
  class SyncFactory implements NaverCaptchaOptionsFactory {
    createNaverCaptchaOptions(): NaverCaptchaModuleOptions {
      return { ...CREDENTIALS, clientId: 'sync' };
    }
  }
  @Injectable()
  class AsyncFactory implements NaverCaptchaOptionsFactory {
    constructor(@Inject(Settings) private readonly settings: Settings) {}

    async createNaverCaptchaOptions(): Promise<NaverCaptchaModuleOptions> {
      return { ...CREDENTIALS, clientId: `async-${this.settings.clientId}` };
    }
  }
  @Module({
    imports: [SettingsModule],
    providers: [SyncFactory, AsyncFactory],
    exports: [SyncFactory, AsyncFactory],
  })
  class FactoriesModule {}

  const factories: [string, Type<NaverCaptchaOptionsFactory>, string][] = [
    ['sync', SyncFactory, 'sync'],
    ['async', AsyncFactory, 'async-from-settings'],
  ];
  it.each(factories)('useClass, %s', async (_, useClass, clientId) => {
    const imported = NaverCaptchaModule.forRootAsync({ imports: [SettingsModule], useClass });
    await using app = await startApp({ imports: [imported] });
    expect(clientIdIn(app)).toBe(clientId);
  });

  it.each(factories)('useExisting, %s', async (_, useExisting, clientId) => {
    const imported = NaverCaptchaModule.forRootAsync({ imports: [FactoriesModule], useExisting });
    await using app = await startApp({ imports: [imported] });
    expect(clientIdIn(app)).toBe(clientId);
  });

  it('what the factory leaves out comes from the environment', async () => {
    await withEnvironment({ NAVER_CAPTCHA_MAX_ATTEMPTS: '3' }, async () => {
      await using app = await startApp({
        imports: [NaverCaptchaModule.forRootAsync({ useFactory: () => CREDENTIALS })],
      });
      expect(app.get<ResolvedCaptchaOptions>(CAPTCHA_OPTIONS).maxAttempts).toBe(3);
    });
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'throws',
      () => {
        throw new Error('no vault today');
      },
      /no vault today/,
    ],
    ['rejects', () => Promise.reject(new Error('no vault today')), /no vault today/],
    ['yields nothing', () => undefined, /options must be an object; undefined was given/],
    ['yields null', async () => null, /options must be an object; null was given/],
    ['yields a text', () => 'id:secret', /options must be an object; string was given/],
    ['yields an array', () => [CREDENTIALS], /options must be an object; an array was given/],
    ['yields a function', () => () => CREDENTIALS, /options must be an object; function was given/],
    [
      'yields isGlobal among the settings',
      () => ({ ...CREDENTIALS, isGlobal: false }),
      /isGlobal belongs beside useFactory/,
    ],
    ['yields what is no option', () => ({ ...CREDENTIALS, secret: 'x' }), /secret is not an option/],
    ['yields bad settings', () => ({ ...CREDENTIALS, timeoutMs: 0 }), /timeoutMs .*from 1 to 60000/],
  ])('a factory that %s stops the boot with the reason', async (_, useFactory, reason) => {
    const given = { useFactory: useFactory as () => NaverCaptchaModuleOptions };
    expect(await refusal([NaverCaptchaModule.forRootAsync(given)])).toMatch(reason);
  });
});

describe('isGlobal', () => {
  @Injectable()
  class Consumer {
    constructor(@Inject(NaverCaptchaService) readonly captcha: NaverCaptchaService) {}
  }
  const featureOf = (...imports: DynamicModule[]): Type => {
    @Module({ imports, providers: [Consumer] })
    class Feature {}
    return Feature;
  };

  const waysIn: [string, (isGlobal?: boolean) => DynamicModule][] = [
    ['forRoot', (isGlobal) => NaverCaptchaModule.forRoot({ ...CREDENTIALS, isGlobal })],
    [
      'forRootAsync',
      (isGlobal) => NaverCaptchaModule.forRootAsync({ isGlobal, useFactory: () => CREDENTIALS }),
    ],
  ];
  describe.each(waysIn)('%s', (_, imported) => {
    it.each([undefined, true])('%s: every module can inject the service', async (isGlobal) => {
      await using app = await startApp({ imports: [imported(isGlobal), featureOf()] });
      expect(app.get(Consumer).captcha).toBe(app.get(NaverCaptchaService));
    });

    it('false: only those that import it', async () => {
      expect(await refusal([imported(false), featureOf()])).toContain(
        "can't resolve dependencies of the Consumer",
      );
      await using app = await startApp({ imports: [featureOf(imported(false))] });
      expect(app.get(Consumer).captcha).toBeInstanceOf(NaverCaptchaService);
    });

    it('a second global module stops the boot, with the remedy', async () => {
      expect(await refusal([imported(), featureOf(imported())])).toMatch(
        /more than once.*pass isGlobal: false/,
      );
    });

    it('one for all and one apart live side by side', async () => {
      const other = NaverCaptchaModule.forRoot({ clientId: 'other', clientSecret: 'other', isGlobal: false });
      await using app = await startApp({ imports: [imported(), featureOf(other)] });
      expect(app.get(Consumer).captcha).toBeInstanceOf(NaverCaptchaService);
    });
  });
});

describe('two applications in one process', () => {
  it('keep their keys, their memories and their calls apart', async () => {
    await using naver = await ReplayServer.start(json({ key: NAVER_KEY }));
    await using mine = await startReplayedApp(naver);
    await using other = await startReplayedApp(naver, { clientId: 'other', clientSecret: 'other-secret' });
    const keys = [await mine.captcha.createChallenge(), await other.captcha.createChallenge()] as const;
    expect(naver.take().map(({ headers }) => headers['x-naver-client-id'])).toEqual([CLIENT_ID, 'other']);

    naver.say(json({ result: true }));
    const value = 'ABC123';
    const forged = { passed: false, reason: 'forged' };
    expect(await mine.captcha.verify({ key: keys[1].key, value })).toEqual(forged);
    expect(await other.captcha.verify({ key: keys[0].key, value })).toEqual(forged);
    expect(naver.take()).toEqual([]);
    // The same NAVER key was in both: what one used is not used for the other.
    expect(await mine.captcha.verify({ key: keys[0].key, value })).toMatchObject({ passed: true });
    expect(await other.captcha.verify({ key: keys[1].key, value })).toMatchObject({ passed: true });
    expect(mine.get(CAPTCHA_STORE)).not.toBe(other.get(CAPTCHA_STORE));
  });
});

describe('warnings at the start', () => {
  const start = async (options: NaverCaptchaModuleOptions, NODE_ENV: string): Promise<string[]> =>
    withEnvironment({ NODE_ENV }, async () => {
      const logs = new KeptLogs();
      const { app } = await startReplayedApp('https://captcha.example.com', options, {
        configure: (nest) => {
          nest.useLogger(logs);
        },
      });
      await app.close();
      return logs.of('warn');
    });

  it('memory in production, once', async () => {
    expect(await start({}, 'production')).toEqual([
      expect.stringMatching(/restart forgets.*Pass a store that all processes share/),
    ]);
    expect(await start({ store: new MemoryCaptchaStore() }, 'production')).toHaveLength(1);
  });

  it('not elsewhere, nor with a store of their own', async () => {
    expect(await start({}, 'development')).toEqual([]);
    expect(await start({ store: storeWithoutPop() }, 'production')).toEqual([]);
  });

  it("keys: 'raw', wherever", async () => {
    expect(await start({ keys: 'raw', store: storeWithoutPop() }, 'production')).toEqual([
      expect.stringContaining("keys: 'raw'"),
    ]);
    expect(await start({ keys: 'raw' }, 'development')).toHaveLength(1);
  });
});

describe('the log', () => {
  it('says the same line once a minute, with the remedy and without the secret', async () => {
    const logs = new KeptLogs();
    await using naver = await ReplayServer.start(json({ errorCode: '024' }, 401));
    await using app = await startReplayedApp(
      naver,
      {},
      {
        gated: true,
        configure: (nest) => {
          nest.useLogger(logs);
        },
      },
    );
    for (let count = 0; count < 3; count += 1) await app.client.issueKey('image').catch(() => undefined);
    app.clock.advance(60_000);
    await app.client.issueKey('image').catch(() => undefined);
    expect(logs.of('error')).toHaveLength(2);
    expect(logs.of('error')[0]).toMatch(/CAPTCHA_MISCONFIGURED.*developers\.naver\.com/);
    expect(logs.lines.join('\n')).not.toContain(CLIENT_SECRET);
  });
});

describe('closing the application', () => {
  it('closes every socket', async () => {
    await using naver = await ReplayServer.start(json({ key: NAVER_KEY }));
    const app = await startReplayedApp(naver);
    await Promise.all([1, 2, 3].map(() => app.client.issueKey('image')));
    expect(naver.open).toBeGreaterThan(0);
    await app.app.close();
    await naver.until(({ open }) => open === 0);
  });

  it('lets calls under way come to their end', async () => {
    let release = (): void => undefined;
    await using naver = await ReplayServer.start((response) => {
      release = () => response.end(JSON.stringify({ key: NAVER_KEY }));
    });
    const app = await startReplayedApp(naver);
    const call = app.client.issueKey('image');
    await naver.until(({ requests }) => requests.length === 1);
    const closing = app.app.close();
    release();
    expect(await call).toBe(NAVER_KEY);
    await closing;
    await naver.until(({ open }) => open === 0);
  });

  it('does not wait for a silent NAVER beyond the deadline', async () => {
    await using naver = await ReplayServer.start(() => undefined);
    const app = await startReplayedApp(naver, { timeoutMs: 150 });
    const call = app.client.issueKey('image').catch((thrown: unknown) => thrown);
    await Promise.race([call, naver.until(({ requests }) => requests.length === 1)]);
    await app.app.close();
    expect(await call).toBeInstanceOf(Error);
    await naver.until(({ open }) => open === 0);
  });
});
