import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { inspect } from 'node:util';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { CAPTCHA_OPTIONS, NaverCaptchaModule, type ResolvedCaptchaOptions } from 'nestjs-naver-captcha';
import ts from 'typescript';

import { startApp } from '../support/app.ts';

const READMES = ['README.md', 'README.ko.md', 'libs/naver-captcha-emulator/README.md'];
const OPTIONS_SOURCE = 'libs/naver-captcha/src/module/naver-captcha-options.ts';

/** The TypeScript snippets of a page, each as the file it could be. */
async function snippetsOf(page: string): Promise<{ name: string; text: string }[]> {
  const text = await readFile(page, 'utf8');
  return [...text.matchAll(/```ts\n([^]*?)```/g)].map(([, code = ''], index) => ({
    name: resolve(`test/docs/${page.replaceAll('/', '-')}-${index + 1}.ts`),
    text: code,
  }));
}

describe.each(READMES)('%s', (page) => {
  it('has snippets that compile at the strictest settings', async () => {
    const snippets = await snippetsOf(page);
    expect(snippets.length).toBeGreaterThan(0);

    expect(compile(snippets)).toEqual([]);
  }, 120_000);

  it('links to files that are there', async () => {
    const text = await readFile(page, 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link = '']) => link);

    for (const link of links) {
      expect({
        link,
        found: ts.sys.fileExists(at(page, link)) || ts.sys.directoryExists(at(page, link)),
      }).toEqual({
        link,
        found: true,
      });
    }
  });
});

function at(page: string, link: string): string {
  return resolve(page, '..', link);
}

function compile(snippets: readonly { name: string; text: string }[]): string[] {
  const { config } = ts.readConfigFile('test/tsconfig.json', (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, resolve('test'));
  const host = ts.createCompilerHost(options);
  const virtual = new Map(snippets.map(({ name, text }) => [name, text]));
  host.readFile = (name) => virtual.get(resolve(name)) ?? ts.sys.readFile(name);
  host.fileExists = (name) => virtual.has(resolve(name)) || ts.sys.fileExists(name);
  const program = ts.createProgram({
    rootNames: [...virtual.keys()],
    // A snippet shows less than a file: what it declares need not be used.
    options: { ...options, noEmit: true, composite: false, noUnusedLocals: false },
    host,
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) =>
        `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
}

interface Row {
  readonly option: string;
  readonly environment: string;
  readonly byDefault: string;
}

async function optionRows(page: string): Promise<Row[]> {
  const text = await readFile(page, 'utf8');
  return [...text.matchAll(/^\| `(\w+)` +\| (`NAVER_CAPTCHA_\w+`| +) +\| (.+?) +\|/gm)].map(
    ([, option = '', environment = '', byDefault = '']) => ({
      option,
      environment: environment.replaceAll('`', '').trim(),
      byDefault: byDefault.replaceAll('`', ''),
    }),
  );
}

/** The fields of the settings and their `@default`, as the docstrings have them. */
async function documentedOptions(): Promise<Map<string, string>> {
  const source = ts.createSourceFile(
    'o.ts',
    await readFile(OPTIONS_SOURCE, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found = new Map<string, string>();
  source.forEachChild((node) => {
    if (!ts.isInterfaceDeclaration(node) || node.name.text !== 'NaverCaptchaModuleOptions') return;
    for (const member of node.members) {
      const byDefault = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default')?.comment;
      found.set(member.name?.getText() ?? '', typeof byDefault === 'string' ? byDefault : '');
    }
  });
  return found;
}

describe.each(['README.md', 'README.ko.md'])('the table of options in %s', (page) => {
  let rows: Row[];

  beforeAll(async () => {
    rows = await optionRows(page);
  });

  it('has every option, in the order of the code, and no other', async () => {
    expect(rows.map(({ option }) => option)).toEqual([...(await documentedOptions()).keys()]);
  });

  it('names the defaults that the docstrings name', async () => {
    const documented = await documentedOptions();
    for (const { option, byDefault } of rows) {
      if (/^(NAVER_CAPTCHA_|the )/.test(documented.get(option) ?? '')) continue;
      expect({ option, byDefault }).toEqual({ option, byDefault: documented.get(option) });
    }
  });

  it('names the defaults that the code has', async () => {
    await using app = await startApp({
      imports: [NaverCaptchaModule.forRoot({ clientId: 'id', clientSecret: 'secret' })],
    });
    const resolved = app.get<ResolvedCaptchaOptions>(CAPTCHA_OPTIONS);
    for (const { option, byDefault } of rows) {
      const value = inspect(Reflect.get(resolved, option), { breakLength: Infinity });
      if (/^[\d'{]|^(true|false)$/.test(byDefault) && option in resolved) {
        expect({ option, value }).toEqual({ option, value: byDefault });
      }
    }
  });

  it('names the environment variables that the code reads', async () => {
    const named = rows.map(({ environment }) => environment).filter((name) => name !== '');
    const source = await readFile('libs/naver-captcha/src/module/environment.ts', 'utf8');
    expect(named).toEqual([...source.matchAll(/'(NAVER_CAPTCHA_\w+)'/g)].map(([, name]) => name));
  });
});

describe('the two pages of equal rank', () => {
  it('have the same snippets, but for their comments and sentences', async () => {
    const [english, korean] = await Promise.all(['README.md', 'README.ko.md'].map(snippetsOf));
    const bare = (snippets: { text: string }[] = []): string[] =>
      snippets.map(({ text }) => text.replaceAll(/\/\/.*|`[^`]*`/g, ''));

    expect(bare(korean)).toEqual(bare(english));
  });

  it('have the same codes', async () => {
    const [english, korean] = await Promise.all(
      ['README.md', 'README.ko.md'].map(async (page) =>
        [...(await readFile(page, 'utf8')).matchAll(/^\| `(CAPTCHA_\w+)` +\| (\d+)/gm)].map(
          ([, ...row]) => row,
        ),
      ),
    );

    expect(korean).toEqual(english);
    expect(english).toHaveLength(10);
  });
});
