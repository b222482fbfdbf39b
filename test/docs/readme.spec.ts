import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { inspect } from 'node:util';

import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

import { OPTIONS } from '../../libs/naver-captcha/dist/esm/module/options-table.js';

const READMES = [
  'README.md',
  'README.ko.md',
  'docs/apps-and-other-clients.md',
  'docs/apps-and-other-clients.ko.md',
  'libs/captcha-media/README.md',
  'libs/captcha-media/README.ko.md',
  'libs/naver-captcha-emulator/README.md',
  'libs/naver-captcha-emulator/README.ko.md',
];
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
    const prose = text.replaceAll(/^```[^]*?^```$/gm, '');
    const links = [...prose.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link = '']) => link);

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

/** The rows of both tables of options; only the first has a column of environment variables. */
async function optionRows(page: string): Promise<Row[]> {
  const text = await readFile(page, 'utf8');
  const [section = ''] = /^## (?:Options|설정)\n[^]*?(?=^## )/m.exec(text) ?? [];
  return [...section.matchAll(/^\| `(\w+)` +\|(?: (?:`(NAVER_CAPTCHA_\w+)`)? +\|)? (\S.*?) +\|/gm)].map(
    ([, option = '', environment = '', byDefault = '']) => ({
      option,
      environment,
      byDefault: byDefault.replaceAll('`', ''),
    }),
  );
}

const table = new Map<string, { readonly variable?: string; readonly default?: unknown }>(
  Object.entries(OPTIONS),
);

/** The fields of the options and their `@default`, as the docstrings have them. */
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

describe('the docstrings of the options', () => {
  it('are in the order of the table in code, and complete', async () => {
    expect([...(await documentedOptions()).keys()]).toEqual([...table.keys()]);
  });

  it('name the defaults that the table in code has', async () => {
    for (const [option, byDefault] of await documentedOptions()) {
      const value = table.get(option)?.default;
      if (value === undefined) expect(byDefault).toMatch(/^(NAVER_CAPTCHA_|the |new |undefined$)/);
      else
        expect({ option, byDefault }).toEqual({
          option,
          byDefault: inspect(value, { breakLength: Infinity }),
        });
    }
  });
});

describe.each(['README.md', 'README.ko.md'])('the tables of options in %s', (page) => {
  let rows: Row[];

  beforeAll(async () => {
    rows = await optionRows(page);
  });

  it('have every option, in the order of the code, and no other', () => {
    expect(rows.map(({ option }) => option)).toEqual([...table.keys()]);
  });

  it('name the defaults that the docstrings name', async () => {
    const documented = await documentedOptions();
    for (const { option, byDefault } of rows) {
      if (/^(NAVER_CAPTCHA_|the )/.test(documented.get(option) ?? '')) continue;
      expect({ option, byDefault }).toEqual({ option, byDefault: documented.get(option) });
    }
  });

  it('name the environment variables that the code reads', () => {
    const named = rows.map(({ option, environment }) => [option, environment]);
    expect(named).toEqual([...table].map(([option, { variable = '' }]) => [option, variable]));
  });
});

describe('pages of equal rank', () => {
  it.each([
    ['README.md', 'README.ko.md'],
    ['docs/apps-and-other-clients.md', 'docs/apps-and-other-clients.ko.md'],
  ])('%s and %s have the same snippets, but for their comments and sentences', async (...pages) => {
    const [english, korean] = await Promise.all(pages.map(snippetsOf));
    const bare = (snippets: { text: string }[] = []): string[] =>
      snippets.map(({ text }) => text.replaceAll(/\/\/.*|`[^`]*`/g, ''));

    expect(bare(korean)).toEqual(bare(english));
  });

  it.each(['README.md', 'README.ko.md'])(
    '%s installs what the applications under test have, a line for each Nest',
    async (page) => {
      const lines = [...(await readFile(page, 'utf8')).matchAll(/^\| (\d+) +\| `npm install (.*)` +\|$/gm)];
      expect(lines.map(([, nest]) => nest)).toEqual(['12', '11', '10']);
      for (const [, nest = '', packages = ''] of lines) {
        const manifest = JSON.parse(
          await readFile(`test/consumers/templates/packages/nest-${nest}.json`, 'utf8'),
        ) as {
          dependencies: Record<string, string>;
        };
        const [major] = /\d+/.exec(manifest.dependencies['@nestjs/axios'] ?? '') ?? [];
        expect(packages).toBe(`nestjs-naver-captcha @nestjs/axios@${major} axios`);
      }
    },
  );

  it('have the same codes, and the chapter on apps has all of them', async () => {
    const [english = [], korean, ofApps, ofAppsInKorean] = await Promise.all(
      [
        'README.md',
        'README.ko.md',
        'docs/apps-and-other-clients.md',
        'docs/apps-and-other-clients.ko.md',
      ].map(async (page) =>
        [...(await readFile(page, 'utf8')).matchAll(/^\| `(CAPTCHA_\w+)` +\| (\d+)/gm)].map(
          ([, ...row]) => row,
        ),
      ),
    );

    expect(ofAppsInKorean).toEqual(ofApps);
    expect(ofApps?.toSorted()).toEqual(english.toSorted());
    expect(korean).toEqual(english);
    expect(english).toHaveLength(13);
  });
});
