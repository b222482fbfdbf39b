import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import { type DynamicModule, Inject, Injectable, Module, Scope, type Type } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  CAPTCHA_OPTIONS,
  MemoryCaptchaStore,
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  type NaverCaptchaOptionsFactory,
  type ResolvedCaptchaOptions,
} from 'nestjs-naver-captcha';

import { ADAPTERS, type AppSetup, startApp } from '../support/app.ts';
import { withEnvironment } from '../support/environment.ts';
import { KeptLogs } from '../support/logs.ts';
import { storeWithoutPop } from '../support/store-without-pop.ts';

const SECRET = 'client-secret-of-the-test';
const CREDENTIALS = { clientId: 'id', clientSecret: SECRET };

type Variables = Readonly<Record<string, string | undefined>>;

/** The warnings an application starts with. */
async function warningsOf(
  imports: NonNullable<AppSetup['imports']>,
  variables: Variables = {},
  setup: AppSetup = {},
): Promise<string[]> {
  const logs = new KeptLogs();
  return withEnvironment({ NODE_ENV: 'test', ...variables }, async () => {
    const { app } = await startApp({
      ...setup,
      imports,
      configure: (nest) => {
        nest.useLogger(logs);
      },
    });
    await app.close();
    return logs.of('warn');
  });
}

/** The message a boot stops with. */
async function refusal(
  imports: () => NonNullable<AppSetup['imports']>,
  variables: Variables = {},
  setup: AppSetup = {},
): Promise<string> {
  const outcome: unknown = await (async () => warningsOf(imports(), variables, setup))().catch(
    (thrown: unknown) => thrown,
  );
  if (!(outcome instanceof Error)) throw new Error('The boot was to be stopped');
  expect(outcome.message).not.toContain(SECRET);
  return outcome.message;
}

/** A module of its own that imports these. */
function featureWith(...imports: DynamicModule[]): Type {
  @Module({ imports })
  class Feature {}
  return Feature;
}

describe.each(ADAPTERS)('options that a request-scoped provider takes part in, on %s', (adapter) => {
  @Injectable({ scope: Scope.REQUEST })
  class TenantSettings {
    readonly clientId = 'tenant';
  }
  @Injectable({ scope: Scope.REQUEST, durable: true })
  class DurableSettings {
    readonly clientId = 'tenant';
  }
  @Injectable()
  class IndirectSettings {
    constructor(@Inject(TenantSettings) readonly tenant: TenantSettings) {}
  }
  @Injectable()
  class SettingsWithProperty {
    @Inject(TenantSettings) readonly tenant!: TenantSettings;
  }
  @Injectable({ scope: Scope.TRANSIENT })
  class TransientSettings {
    readonly clientId = 'transient';
  }
  @Injectable()
  class OptionsOfTenants implements NaverCaptchaOptionsFactory {
    constructor(@Inject(TenantSettings) readonly tenant: TenantSettings) {}

    createNaverCaptchaOptions(): NaverCaptchaModuleOptions {
      return CREDENTIALS;
    }
  }
  @Injectable({ scope: Scope.REQUEST })
  class OptionsOfRequests implements NaverCaptchaOptionsFactory {
    createNaverCaptchaOptions(): NaverCaptchaModuleOptions {
      return CREDENTIALS;
    }
  }
  const all = [
    TenantSettings,
    DurableSettings,
    IndirectSettings,
    SettingsWithProperty,
    TransientSettings,
    OptionsOfTenants,
    OptionsOfRequests,
  ];
  @Module({ providers: all, exports: all })
  class SettingsModule {}

  const imports = [SettingsModule];
  const useFactory = (): NaverCaptchaModuleOptions => CREDENTIALS;
  const ways: [string, string, () => DynamicModule][] = [
    ['a request-scoped provider', 'TenantSettings', () => injecting(TenantSettings)],
    ['a durable provider', 'DurableSettings', () => injecting(DurableSettings)],
    ['a provider that depends on one', 'TenantSettings', () => injecting(IndirectSettings)],
    ['a provider with a property of one', 'TenantSettings', () => injecting(SettingsWithProperty)],
    ['the request itself', 'REQUEST', () => injecting(REQUEST)],
    [
      'useClass that depends on one',
      'TenantSettings',
      () => NaverCaptchaModule.forRootAsync({ imports, useClass: OptionsOfTenants }),
    ],
    [
      'useClass that is one',
      'OptionsOfRequests',
      () => NaverCaptchaModule.forRootAsync({ imports, useClass: OptionsOfRequests }),
    ],
    [
      'useExisting that is one',
      'OptionsOfRequests',
      () => NaverCaptchaModule.forRootAsync({ imports, useExisting: OptionsOfRequests }),
    ],
  ];
  function injecting(token: Type | string): DynamicModule {
    return NaverCaptchaModule.forRootAsync({ imports, inject: [token], useFactory });
  }

  it.each(ways)('%s stops the boot, with its name and the remedy', async (_, name, captchas) => {
    const message = await refusal(() => [featureWith(captchas())], {}, { adapter });
    expect(message).toMatch(/cannot start:\n.*anew for each request.*only providers of the default scope/);
    expect(message).toContain(` ${name}`);
  });

  it('transient providers are made once, and start', async () => {
    const captchas = NaverCaptchaModule.forRootAsync({
      imports,
      inject: [TransientSettings],
      useFactory: ({ clientId }: TransientSettings) => ({ ...CREDENTIALS, clientId }),
    });
    await using app = await startApp({ adapter, imports: [captchas] });
    expect(app.get<ResolvedCaptchaOptions>(CAPTCHA_OPTIONS).clientId).toBe('transient');
  });
});

describe('two modules with the same credentials and stores of their own', () => {
  const apart = (options: NaverCaptchaModuleOptions = {}): DynamicModule =>
    NaverCaptchaModule.forRoot({ ...CREDENTIALS, isGlobal: false, ...options });

  /** A store that could be the same memory as another. */
  const remote = storeWithoutPop;

  it.each<[string, () => DynamicModule[]]>([
    ['both in memory', () => [apart(), apart()]],
    [
      'both given',
      () => [apart({ store: new MemoryCaptchaStore() }), apart({ store: new MemoryCaptchaStore() })],
    ],
    ['one in memory', () => [apart(), apart({ store: remote() })]],
    ['one global', () => [NaverCaptchaModule.forRoot(CREDENTIALS), apart()]],
    ['one with other settings', () => [apart(), apart({ signingSecret: 's'.repeat(32), maxAttempts: 2 })]],
    ['the first and the last of three', () => [apart(), apart({ clientId: 'other' }), apart()]],
  ])('stop the boot with the remedy: %s', async (_, captchas) => {
    const message = await refusal(() => captchas().map((each) => featureWith(each)));
    expect(message).toMatch(/client id id have a store each.*pass once in each.*the same store object/);
  });

  it('start if they have the same store', async () => {
    const store = new MemoryCaptchaStore();
    expect(await warningsOf([featureWith(apart({ store })), featureWith(apart({ store }))])).toEqual([]);
  });

  it('are warned of once if their stores may be the same memory', async () => {
    const stores = [remote(), remote()].map((store) => featureWith(apart({ store })));
    expect(await warningsOf(stores)).toEqual([expect.stringMatching(/Unless the stores share one memory/)]);
  });

  it.each<NaverCaptchaModuleOptions>([
    { clientId: 'other' },
    { platform: 'ncloud', dailyQuota: 10 },
    { baseUrl: 'http://127.0.0.1:4010' },
  ])('%j makes them different', async (options) => {
    expect(await warningsOf([featureWith(apart()), featureWith(apart(options))])).toEqual([]);
  });
});

describe("the emulator's published credentials in production", () => {
  it('stop the boot with the remedy, also on loopback, and start elsewhere', async () => {
    await using emulator = await startNaverCaptchaEmulator();
    const { url: baseUrl, clientId, clientSecret } = emulator;
    const imports = (): DynamicModule[] => [
      NaverCaptchaModule.forRoot({ baseUrl, clientId, clientSecret, store: new MemoryCaptchaStore() }),
    ];
    expect(await refusal(imports, { NODE_ENV: 'production' })).toMatch(
      /clientSecret .*is the emulator's default.*credentials that NAVER issued.*--client-secret of your own/,
    );
    expect(await warningsOf(imports())).toEqual([]);
  });

  it('credentials of its own start there, for a rehearsal', async () => {
    await using emulator = await startNaverCaptchaEmulator({ clientId: 'mine', clientSecret: SECRET });
    const { url: baseUrl, clientId, clientSecret } = emulator;
    const captchas = NaverCaptchaModule.forRoot({ baseUrl, clientId, clientSecret });
    expect(await warningsOf([captchas], { NODE_ENV: 'production' })).toEqual([
      expect.stringContaining('memory store'),
    ]);
  });
});

describe('a factory of options that is none', () => {
  @Injectable()
  class Settings {
    createOptions(): NaverCaptchaModuleOptions {
      return CREDENTIALS;
    }
  }
  @Module({ providers: [Settings], exports: [Settings] })
  class SettingsModule {}
  const none = Settings as unknown as Type<NaverCaptchaOptionsFactory>;

  it.each<[string, () => DynamicModule]>([
    ['useClass', () => NaverCaptchaModule.forRootAsync({ useClass: none })],
    ['useExisting', () => NaverCaptchaModule.forRootAsync({ imports: [SettingsModule], useExisting: none })],
  ])('%s without the method: the sentence names class, method and remedy', async (_, captchas) => {
    expect(await refusal(() => [captchas()])).toMatch(
      /cannot start:\n {2}- Settings, .*has no method createNaverCaptchaOptions\(\): .*implement NaverCaptchaOptionsFactory/,
    );
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a promise of undefined', Promise.resolve(undefined)],
    ['null', null],
  ])('a method or a function that returns %s: the sentence says what to return', async (_, returned) => {
    @Injectable()
    class Forgetful {
      createNaverCaptchaOptions(): never {
        return returned as never;
      }
    }
    for (const source of [{ useClass: Forgetful }, { useFactory: () => returned as never }]) {
      expect(await refusal(() => [NaverCaptchaModule.forRootAsync(source)])).toMatch(
        /must be an object; (undefined|null) was given\. Let useFactory or createNaverCaptchaOptions\(\) return/,
      );
    }
  });

  it.each([{}, { useFactory: CREDENTIALS }, { useFactory: null, useClass: none }])(
    'forRootAsync(%j) says what it needs',
    async (given) => {
      expect(await refusal(() => [NaverCaptchaModule.forRootAsync(given as never)])).toMatch(
        /cannot start:\n.*forRootAsync\(\) needs useFactory.*useClass or useExisting/,
      );
    },
  );

  it('forRoot() of a promise says to use forRootAsync()', async () => {
    const promise = Promise.resolve(CREDENTIALS) as never;
    expect(await refusal(() => [NaverCaptchaModule.forRoot(promise)])).toMatch(/no promise.*forRootAsync/);
  });
});

describe('no credentials', () => {
  const imports = (): DynamicModule[] => [NaverCaptchaModule.forRoot()];

  it('the message names the emulator, its command and the settings that reach it', async () => {
    const message = await refusal(imports);
    await using emulator = await startNaverCaptchaEmulator();
    expect(message).toContain('`npx naver-captcha-emulator --port 4010`');
    expect(message).toContain('NAVER_CAPTCHA_BASE_URL=http://127.0.0.1:4010');
    expect(message).toContain(`NAVER_CAPTCHA_CLIENT_ID=${emulator.clientId} `);
    expect(message).toContain(`NAVER_CAPTCHA_CLIENT_SECRET=${emulator.clientSecret}.`);
  });

  it.each<[string, Variables]>([
    ['in production', { NODE_ENV: 'production' }],
    ['if half of them are there', { NAVER_CAPTCHA_CLIENT_ID: 'id' }],
  ])('and not %s', async (_, variables) => {
    expect(await refusal(imports, variables)).not.toContain('emulator');
  });
});

describe('a misspelt environment variable', () => {
  const imports = (): DynamicModule[] => [NaverCaptchaModule.forRoot(CREDENTIALS)];
  const VALUE = 'a-value-that-may-be-a-secret';

  it.each([
    ['NAVER_CAPTCHA_PLATFROM', 'NAVER_CAPTCHA_PLATFORM'],
    ['NAVER_CAPTCHA_CLIENTID', 'NAVER_CAPTCHA_CLIENT_ID'],
    ['NAVER_CAPTCHA_TIMEOUT', 'NAVER_CAPTCHA_TIMEOUT_MS'],
    ['NAVER_CAPTCHA_REDIS_URI', 'NAVER_CAPTCHA_REDIS_URL'],
    ['naver_captcha_platform', 'NAVER_CAPTCHA_PLATFORM'],
  ])('%s is warned of once, with %s and without its value', async (name, meant) => {
    const apart = NaverCaptchaModule.forRoot({ ...CREDENTIALS, clientId: 'other', isGlobal: false });
    const warnings = await warningsOf([...imports(), featureWith(apart)], { [name]: VALUE });
    expect(warnings).toEqual([expect.stringContaining(`variable ${name} has no effect`)]);
    expect(warnings[0]).toContain(`Did you mean ${meant}?`);
    expect(warnings[0]).not.toContain(VALUE);
  });

  it('that resembles none is warned of with the list of all', async () => {
    const [warning] = await warningsOf(imports(), { NAVER_CAPTCHA_COLOUR_OF_THE_PICTURE: VALUE });
    expect(warning).toMatch(
      /variables of the module are NAVER_CAPTCHA_CLIENT_ID, .*NAVER_CAPTCHA_DAILY_QUOTA\./,
    );
  });

  it('is not one that the demo or the emulator reads, nor an empty one', async () => {
    const variables = {
      NAVER_CAPTCHA_REDIS_URL: 'redis://127.0.0.1',
      NAVER_CAPTCHA_EMULATOR_CLIENT_SECRET: VALUE,
      NAVER_CAPTCHA_PLATFROM: ' ',
      NAVER_CAPTCHA_TIMEOUT_MS: '1000',
    };
    expect(await warningsOf(imports(), variables)).toEqual([]);
  });

  it.each([
    ['clientID', 'clientId'],
    ['timeout', 'timeoutMs'],
    ['route', 'routes'],
    ['isglobal', 'isGlobal'],
  ])('so is an option: %s', async (name, meant) => {
    const given = { ...CREDENTIALS, [name]: VALUE };
    expect(await refusal(() => [NaverCaptchaModule.forRoot(given)])).toContain(
      `${name} is not an option: did you mean ${meant}?`,
    );
  });
});

describe('versions of Nest and @nestjs/axios', () => {
  const FILES = ['@nestjs/common', '@nestjs/core', 'nestjs-naver-captcha'].map((name) =>
    JSON.stringify(import.meta.resolve(name)),
  );
  const SCRIPT = `
    const [{ Module }, { NestFactory }, { NaverCaptchaModule }] = [${FILES.map((file) => `await import(${file})`).join()}];
    class App {}
    Module({ imports: [NaverCaptchaModule.forRoot({ clientId: 'id', clientSecret: 'secret' })] })(App);
    await (await NestFactory.createApplicationContext(App, { logger: ['warn'] })).close();
  `;

  /** What an application warns of whose main script finds these files in its node_modules. */
  async function warningsBeside(manifests: Readonly<Record<string, string>>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'versions-'));
    try {
      for (const [name, text] of Object.entries(manifests)) {
        await mkdir(join(folder, 'node_modules', name), { recursive: true });
        await writeFile(join(folder, 'node_modules', name, 'package.json'), text);
      }
      const script = join(folder, 'main.mjs');
      await writeFile(script, SCRIPT);
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], {
        cwd: folder,
        env: { PATH: process.env['PATH'], NO_COLOR: '1' },
      });
      return stdout + stderr;
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  const installed = (nest: string, axios: string): Promise<string> =>
    warningsBeside({
      '@nestjs/core': JSON.stringify({ version: nest }),
      '@nestjs/axios': JSON.stringify({ version: axios }),
    });

  it.each([
    ['11.1.9', '12.0.1', 4],
    ['10.4.20', '12.0.0', 3],
    ['11.0.0', '3.1.3', 4],
    ['12.0.1', '4.0.1', 12],
  ])(
    'Nest %s beside @nestjs/axios %s is warned of with the version to install',
    async (nest, axios, right) => {
      const output = await installed(nest, axios);
      expect(output).toContain(`@nestjs/axios ${axios} is not made for the installed Nest ${nest}.`);
      expect(output).toContain(`npm install @nestjs/axios@${right}`);
      expect(output.includes('has ES modules only')).toBe(axios.startsWith('12'));
    },
  );

  it.each([
    ['10.0.0', '3.0.0'],
    ['10.4.20', '4.0.1'],
    ['11.1.9', '4.0.1'],
    ['12.0.1', '12.0.1'],
    ['13.0.0', '13.0.0'],
  ])('Nest %s beside @nestjs/axios %s is not', async (nest, axios) => {
    expect(await installed(nest, axios)).toBe('');
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['are not there', {}],
    ['are no JSON', { '@nestjs/core': '{', '@nestjs/axios': '' }],
    ['hold no version', { '@nestjs/core': '{"version":11}', '@nestjs/axios': 'null' }],
    [
      'hold what is no version',
      { '@nestjs/core': '{"version":"next"}', '@nestjs/axios': '{"version":"12.0.1"}' },
    ],
  ])('versions that %s stop nothing', async (_, manifests) => {
    expect(await warningsBeside(manifests)).toBe('');
  });
});
