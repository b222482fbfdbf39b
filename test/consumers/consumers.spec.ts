import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ADAPTERS } from '../support/app.ts';
import { type PackedLibraries, packLibraries } from '../support/packed.ts';
import { ALL, Consumer, type ConsumerSetup, type ModuleSystem, SYSTEMS } from './support/consumer.ts';

/** Installing and compiling need a busy machine's time. */
const PATIENCE = 300_000;

let packed: PackedLibraries;

beforeAll(async () => {
  packed = await packLibraries();
}, PATIENCE);

afterAll(async () => {
  await packed[Symbol.asyncDispose]();
});

interface Row extends ConsumerSetup {
  /** The version of Nest that is installed there begins so. */
  readonly nest: string;
  /** Whether these are the latest versions, or the lower ends of the peers' ranges. */
  readonly latest: boolean;
  /** The application's own tests: their module system, and what runs them. */
  readonly ownTests: { readonly system: ModuleSystem; readonly run: readonly string[] };
}

const JEST = ['../node_modules/jest/bin/jest.js', '--config', 'jest-e2e.json', '--ci'];
const VITEST = ['../node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.config.e2e.mjs'];

const LATEST: readonly Row[] = [
  {
    name: 'nest-10',
    nest: '10.4.',
    latest: true,
    tsconfig: { commonjs: 'node10', esm: 'nodenext' },
    ownTests: { system: 'commonjs', run: JEST },
  },
  {
    name: 'nest-11',
    nest: '11.',
    latest: true,
    tsconfig: { commonjs: 'nodenext', esm: 'nodenext' },
    ownTests: { system: 'commonjs', run: JEST },
  },
  {
    name: 'nest-12',
    nest: '12.',
    latest: true,
    tsconfig: { commonjs: 'typescript-6', esm: 'typescript-6' },
    testsFrom: 'vitest',
    ownTests: { system: 'esm', run: VITEST },
  },
];

const LOWEST = LATEST.map((row) => ({
  ...row,
  name: `${row.name}-lowest`,
  nest: `${row.nest.slice(0, 2)}.0.`,
  latest: false,
}));

// A diagonal of the matrix in `npm test`; all of it by `npm run test:consumers`.
const ROWS: readonly (Row & { readonly systems: readonly ModuleSystem[] })[] = ALL
  ? [...LATEST, ...LOWEST].map((row) => ({ ...row, systems: SYSTEMS }))
  : [
      ...LATEST.map((row) => ({ ...row, systems: SYSTEMS })),
      ...LOWEST.slice(0, 1).map((row) => ({ ...row, systems: ['commonjs'] as const })),
    ];
const NODES = ALL ? ['20.19.0', '22', '24'] : ['20.19.0', '24'];

/** What the application prints of a person's sign-ups. */
const SIGN_UPS = {
  missing: { status: 400, body: { code: 'CAPTCHA_MISSING' } },
  wrong: { status: 400, body: { code: 'CAPTCHA_WRONG' } },
  right: { status: 201, body: { welcome: 'Kim', captcha: 'verified', fields: ['name'] } },
  script: 200,
  copiesOfAxios: 1,
};

describe.each(ROWS)('$name', ({ nest, latest, ownTests, systems, ...setup }) => {
  let consumer: Consumer;

  beforeAll(async () => {
    consumer = await Consumer.install(setup, packed);
  }, PATIENCE);

  afterAll(async () => {
    await consumer[Symbol.asyncDispose]();
  });

  const signUps = (printed: string): unknown => JSON.parse(printed);

  it('has that Nest and none of the optional peers', async () => {
    expect((await consumer.manifestOf('@nestjs/core'))['version']).toMatch(new RegExp(`^${nest}`));
    const { peerDependenciesMeta } = await consumer.manifestOf('nestjs-naver-captcha');
    // The emulator, which every one of these applications develops with, draws with captcha-media.
    const installed = ['@nestjs/testing', 'captcha-media'];
    const optional = Object.keys(peerDependenciesMeta ?? {}).filter((name) => !installed.includes(name));
    expect(optional.length).toBeGreaterThan(5);
    expect(optional.filter((name) => existsSync(join(consumer.folder, 'node_modules', name)))).toEqual([]);
  });

  describe.each(systems)('in %s', (system) => {
    beforeAll(async () => {
      await consumer.compile(system);
    }, PATIENCE);

    it.each(ADAPTERS)(
      'signs a person up on %s',
      async (adapter) => {
        expect(signUps(await consumer.node(system, 'dist/main.js', adapter))).toMatchObject(SIGN_UPS);
      },
      PATIENCE,
    );

    it(
      'keeps what axios says to others by default from NAVER',
      async () => {
        const printed = await consumer.node(system, 'dist/shared-axios.js', 'express');
        expect(JSON.parse(printed)).toMatchObject({
          right: SIGN_UPS.right,
          heard: { naver: ['none'], others: ['none', 'Bearer of-another-service'] },
        });
      },
      PATIENCE,
    );

    it(
      'refuses request-scoped options at boot, and finds its versions of Nest and @nestjs/axios to fit',
      async () => {
        const refused = [expect.stringMatching(/options depend on ScopedSettings, .*anew for each request/)];
        expect(JSON.parse(await consumer.node(system, 'dist/boots.js'))).toEqual({
          singleton: [],
          request: refused,
          durable: refused,
        });
      },
      PATIENCE,
    );

    it(
      'solves a challenge of the standby with captcha-media, and says how to install it without',
      async () => {
        expect(JSON.parse(await consumer.node(system, 'dist/standby.js'))).toEqual({
          contentType: 'image/jpeg',
          first: 'ffd8',
          verdict: { passed: true, kind: 'image', engine: 'standby', pressure: 'calm', price: 0 },
        });
        const printed = await consumer.without('captcha-media', () =>
          consumer.node(system, 'dist/standby.js'),
        );
        expect(JSON.parse(printed)).toEqual({
          error: expect.stringMatching(/npm install captcha-media$/) as unknown,
        });
      },
      PATIENCE,
    );

    if (!latest) return;

    it.each(NODES)(
      'does so on Node.js %s',
      async (version) => {
        const printed = await consumer.nodeOf(version, system, 'dist/main.js', 'express');
        const node = expect.stringMatching(`^v${version}\\b`) as unknown;
        expect(signUps(printed)).toMatchObject({ ...SIGN_UPS, node });
      },
      PATIENCE,
    );

    // Not where versions are old: some of their own declarations do not compile.
    it(
      'finds no fault in the declarations, without skipLibCheck',
      async () => {
        await consumer.compile(system, 'tsconfig.declarations.json');
      },
      PATIENCE,
    );
  });

  it('has one of each class, loaded by `require` and by `import` in one process', async () => {
    const found = JSON.parse(await consumer.node('commonjs', 'both-builds.cjs')) as { names: string[] };
    expect(found).toMatchObject({ twice: [] });
    expect(found.names).toEqual(expect.arrayContaining(['CaptchaGuard', 'CaptchaException']));
  });

  if (!latest) return;

  it(
    'passes its own tests',
    async () => {
      await consumer.node(ownTests.system, ...ownTests.run);
    },
    PATIENCE,
  );

  it.each(ADAPTERS)(
    'signs a person up on %s without decorator metadata',
    async (adapter) => {
      const printed = await consumer.node('esm', '../node_modules/tsx/dist/cli.mjs', 'src/main.ts', adapter);
      expect(signUps(printed)).toMatchObject(SIGN_UPS);
    },
    PATIENCE,
  );
});
