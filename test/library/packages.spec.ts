import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGE = join(ROOT, 'libs/naver-captcha');
const run = promisify(execFile);

/** Runs a script from the root of the workspace, as a consumer there would. */
async function node(script: string, ...flags: string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, [...flags, '-e', script], { cwd: ROOT });
  return JSON.parse(stdout) as unknown;
}

const VALUES = [
  'CAPTCHA_CALL_GATES',
  'CAPTCHA_CLOCK',
  'CAPTCHA_EVENTS',
  'CAPTCHA_KINDS',
  'CAPTCHA_OPTIONS',
  'CAPTCHA_RANDOM',
  'CAPTCHA_STORE',
  'CaptchaAnswerDto',
  'CaptchaBadRequestException',
  'CaptchaException',
  'CaptchaExpiredException',
  'CaptchaGuard',
  'CaptchaInvalidException',
  'CaptchaMalformedException',
  'CaptchaMisconfiguredException',
  'CaptchaMissingException',
  'CaptchaOriginException',
  'CaptchaQuotaExceededException',
  'CaptchaResult',
  'CaptchaStoreError',
  'CaptchaTooManyException',
  'CaptchaUnavailableException',
  'CaptchaUsedException',
  'CaptchaWorkRequiredException',
  'CaptchaWrongException',
  'MemoryCaptchaStore',
  'MemoryCaptchaStoreFullError',
  'NaverCaptchaClient',
  'NaverCaptchaModule',
  'NaverCaptchaService',
  'RequireCaptcha',
  'SkipCaptcha',
  'accountKey',
  'addressKey',
  'exposedHeaders',
];

const TYPES = [
  'AllowedEvent',
  'Awaitable',
  'BreakerEvent',
  'BusiestEvent',
  'CallGate',
  'CaptchaAfterFailures',
  'CaptchaAnswer',
  'CaptchaAnswerNames',
  'CaptchaChallenge',
  'CaptchaClock',
  'CaptchaEngineName',
  'CaptchaErrorCode',
  'CaptchaEvent',
  'CaptchaExceptionInit',
  'CaptchaExpectation',
  'CaptchaFailureKey',
  'CaptchaForwardProxy',
  'CaptchaKind',
  'CaptchaLanguage',
  'CaptchaMedia',
  'CaptchaMediaEngineName',
  'CaptchaMediaKind',
  'CaptchaOutcome',
  'CaptchaPace',
  'CaptchaPassed',
  'CaptchaPrefetch',
  'CaptchaPressure',
  'CaptchaPressureLimits',
  'CaptchaPricing',
  'CaptchaPuzzle',
  'CaptchaPuzzleParameters',
  'CaptchaQuota',
  'CaptchaRandom',
  'CaptchaRate',
  'CaptchaRejected',
  'CaptchaRejection',
  'CaptchaRequirement',
  'CaptchaRoutesOptions',
  'CaptchaStandby',
  'CaptchaStore',
  'CaptchaStoreLimit',
  'CaptchaStoreTaking',
  'CaptchaToll',
  'CaptchaTryResponse',
  'CaptchaUnavailableOrigin',
  'CaptchaUnavailablePolicy',
  'CaptchaUpstream',
  'CaptchaVerdict',
  'ChallengeIssuedEvent',
  'CreateChallengeOptions',
  'EngineEvent',
  'MemoryCaptchaStoreOptions',
  'NaverCall',
  'NaverCallResult',
  'NaverCaptchaModuleAsyncOptions',
  'NaverCaptchaModuleExtras',
  'NaverCaptchaModuleOptions',
  'NaverCaptchaOptionsFactory',
  'NaverComparison',
  'NaverPlatform',
  'OnCaptchaUnavailable',
  'QuotaEvent',
  'RequireCaptchaOptions',
  'ResolvedCaptchaOptions',
  'StandbyMedia',
  'TollEvent',
  'UpstreamCallEvent',
  'VerdictEvent',
];

describe('the public names', () => {
  it('of values', async () => {
    expect(Object.keys(await import('nestjs-naver-captcha')).sort()).toEqual(VALUES);
  });

  it.each(['esm', 'cjs'])('of values and types, in %s', (build) => {
    const file = join(PACKAGE, `dist/${build}/index.d.ts`);
    const program = ts.createProgram([file], { module: ts.ModuleKind.NodeNext, types: [], noLib: true });
    const source = program.getSourceFile(file);
    const symbol = source && program.getTypeChecker().getSymbolAtLocation(source);
    const names =
      symbol &&
      program
        .getTypeChecker()
        .getExportsOfModule(symbol)
        .map(({ name }) => name);
    expect(names?.sort()).toEqual([...VALUES, ...TYPES].sort());
  });
});

describe('the two builds', () => {
  const names = (loaded: string): string =>
    `process.stdout.write(JSON.stringify(Object.keys(${loaded}).sort()))`;
  // TypeScript marks what it compiles to CommonJS.
  const publicNames = (found: unknown): unknown =>
    Array.isArray(found) ? found.filter((name) => name !== '__esModule' && name !== 'module.exports') : found;

  it('import and require yield one and the same classes in one process', async () => {
    const { stdout } = await run(process.execPath, ['test/consumers/templates/app/both-builds.cjs'], {
      cwd: ROOT,
    });
    expect(JSON.parse(stdout)).toEqual({ names: VALUES, twice: [] });
  });

  it('have the same names', async () => {
    for (const flags of [[], ['--input-type=module']]) {
      const loaded =
        flags.length === 0 ? "require('nestjs-naver-captcha')" : "await import('nestjs-naver-captcha')";
      expect(publicNames(await node(names(loaded), ...flags))).toEqual(VALUES);
    }
    const commonJs = JSON.stringify(join(PACKAGE, 'dist/cjs/index.js'));
    expect(publicNames(await node(names(`require(${commonJs})`)))).toEqual(VALUES);
  });

  it('the tokens of both are the same symbols, should both ever be loaded', async () => {
    const [esm, cjs] = ['bundle', 'cjs'].map((build) =>
      JSON.stringify(join(PACKAGE, `dist/${build}/index.js`)),
    );
    const script = `
      const cjs = require(${cjs ?? ''});
      import(${esm ?? ''}).then((esm) => {
        const tokens = Object.keys(esm).filter((name) => typeof esm[name] === 'symbol');
        process.stdout.write(JSON.stringify(tokens.map((name) => esm[name] === cjs[name] && esm.CaptchaGuard !== cjs.CaptchaGuard)));
      });`;
    expect(await node(script)).toEqual(
      VALUES.filter((name) => /^CAPTCHA_(?!KINDS)/.test(name)).map(() => true),
    );
  });

  it('name their classes alike, because Nest reports those names', async () => {
    const namesIn = (build: string): Promise<unknown> =>
      node(`
        require('reflect-metadata');
        import(${JSON.stringify(join(PACKAGE, `dist/${build}/index.js`))}).then((loaded) => {
          const providers = Reflect.getMetadata('providers', loaded.NaverCaptchaModule);
          const classes = [...${JSON.stringify(VALUES)}.map((name) => loaded[name]), ...providers].filter((each) => typeof each === 'function');
          process.stdout.write(JSON.stringify(classes.map(({ name }) => name)));
        });`);

    const bundled = await namesIn('bundle');

    expect(bundled).toContain('NaverTransport');
    expect(bundled).toEqual(await namesIn('cjs'));
  });

  it('an application whose own code is CommonJS starts and stops with either', async () => {
    for (const path of ['nestjs-naver-captcha', join(PACKAGE, 'dist/cjs/index.js')]) {
      const script = `
        require('reflect-metadata');
        const { NestFactory } = require('@nestjs/core');
        const { NaverCaptchaModule, NaverCaptchaService } = require(${JSON.stringify(path)});
        const imported = NaverCaptchaModule.forRoot({ clientId: 'id', clientSecret: 'secret' });
        NestFactory.createApplicationContext(imported, { logger: false }).then(async (app) => {
          const verdict = await app.get(NaverCaptchaService).verify({ key: 'A'.repeat(91), value: 'x' });
          await app.close();
          process.stdout.write(JSON.stringify(verdict));
        });`;
      expect(await node(script)).toEqual({ passed: false, reason: 'forged' });
    }
  });
});

describe('what is published', () => {
  const read = (path: string): string => readFileSync(join(PACKAGE, path), 'utf8');
  const filesOf = (build: string, ending: string): string[] =>
    readdirSync(join(PACKAGE, 'dist', build), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith(ending))
      .map((path) => join('dist', build, path));

  it('the doors stand in the order in which Node and TypeScript have to find them', () => {
    const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, object> };
    expect(Object.keys(exports['.'] ?? {})).toEqual(['types', 'module-sync', 'import', 'require']);
    expect(read('dist/cjs/package.json')).toContain('commonjs');
  });

  it.each(['esm', 'cjs'])('%s keeps the sentences about every option and method', (build) => {
    const options = read(`dist/${build}/module/naver-captcha-options.d.ts`);
    const fields = options.match(/^ {4}readonly \w+\?:/gm)?.length ?? 0;
    expect(fields).toBeGreaterThan(15);
    expect(options.match(/@default/g)).toHaveLength(fields);
    const service = read(`dist/${build}/challenge/naver-captcha.service.d.ts`);
    expect(service).toContain('The verdict is always an object, so test `verdict.passed`');
    expect(read(`dist/${build}/guard/captcha.guard.d.ts`)).toContain('Subclasses may override');
  });

  it.each(['bundle', 'cjs'])('every file of %s has a source map to sources that are published', (build) => {
    const scripts = filesOf(build, '.js');
    expect(scripts.length).toBeGreaterThan(10);
    for (const script of scripts) {
      const { sources } = JSON.parse(read(`${script}.map`)) as { sources: string[] };
      expect(read(script)).toContain('//# sourceMappingURL=');
      // A bundled entry may do nothing but hand on what is shared.
      if (build === 'cjs') expect(sources).toHaveLength(1);
      for (const source of sources) {
        const path = join(PACKAGE, dirname(script), source);
        expect(existsSync(path) && path.startsWith(join(PACKAGE, 'src'))).toBe(true);
      }
    }
  });

  it('every type that the declarations name can be had by a consumer', () => {
    const { dependencies, peerDependencies } = JSON.parse(read('package.json')) as Record<string, object>;
    const named = new Set(
      filesOf('esm', '.d.ts').flatMap((path) =>
        [...read(path).matchAll(/(?:from|import\() ?'([^.'][^']*)'/g)].map(([, name]) => name),
      ),
    );
    const declared = Object.keys({ ...dependencies, ...peerDependencies });
    // Node's own are there for every project with Node's types, without which there is no Buffer either.
    const isHad = (name = ''): boolean => name.startsWith('node:') || declared.includes(name);
    expect([...named].filter((name) => !isHad(name))).toEqual([]);
  });
});
