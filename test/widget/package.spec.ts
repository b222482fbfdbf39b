import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';

import { jsxSamples } from './support/jsx-samples.ts';
import { WidgetPage } from './support/widget-page.ts';

const widget = WidgetPage.install();
const require = createRequire(import.meta.url);
const folder = new URL('../../libs/naver-captcha-widget/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder), 'utf8');
const bundle = () => readFileSync(require.resolve('naver-captcha-widget/widget.min.js'), 'utf8');

interface Named {
  readonly name: string;
  readonly default?: string;
}

interface Manifest {
  readonly modules: readonly {
    readonly declarations: readonly Record<
      'attributes' | 'members' | 'events' | 'slots' | 'cssParts' | 'cssProperties',
      readonly Named[]
    >[];
  }[];
}

function manifest() {
  const declaration = (JSON.parse(read('customElements.json')) as Manifest).modules[0]?.declarations[0];
  if (declaration === undefined) throw new Error('The manifest declares nothing.');
  return declaration;
}

const names = (list: readonly Named[]) => list.map(({ name }) => name).sort();
const found = (text: string, pattern: RegExp) =>
  [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))].sort();

describe('the package naver-captcha-widget', () => {
  it('is under 6,500 bytes with brotli', () => {
    expect(brotliCompressSync(bundle()).length).toBeLessThan(6_500);
  });

  it('has a solver of at most 1.5 KB with brotli, which is loaded only when a puzzle comes', async () => {
    const { solverSource, solverHash } = await import('naver-captcha-widget/source');
    expect(brotliCompressSync(solverSource).length).toBeLessThanOrEqual(1_536);
    expect(createHash('sha256').update(solverSource).digest('base64url').startsWith(solverHash)).toBe(true);
    expect(solverSource).not.toMatch(
      /\beval\(|new Function|innerHTML|data:|blob:|createObjectURL|WebAssembly|Worker/,
    );
  });

  it('has no dependencies at run time', () => {
    const { dependencies, peerDependencies, customElements } = JSON.parse(read('package.json')) as Record<
      string,
      unknown
    >;
    expect([dependencies, peerDependencies, customElements]).toEqual([
      undefined,
      undefined,
      './customElements.json',
    ]);
  });

  it('can be imported where there is no page', () => {
    const said = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', "console.log(Object.keys(await import('naver-captcha-widget')).join())"],
      { cwd: fileURLToPath(folder), encoding: 'utf8' },
    );
    expect(said.trim()).toBe('NaverCaptchaElement');
  });

  it('gives the script as text, to both kinds of modules', async () => {
    const esm = await import('naver-captcha-widget/source');
    const cjs = require('naver-captcha-widget/source') as typeof esm;
    expect(esm.source).toBe(bundle());
    expect([cjs.source, cjs.hash]).toEqual([esm.source, esm.hash]);
    expect(createHash('sha256').update(esm.source).digest('base64url').startsWith(esm.hash)).toBe(true);
    expect(esm.hash).toHaveLength(16);
  });

  it('needs neither inline code nor code from strings', () => {
    expect(bundle()).not.toMatch(/\beval\(|new Function|innerHTML|data:|blob:|createObjectURL/);
  });

  it('may be loaded twice', async () => {
    await widget.open({
      form: '<naver-captcha></naver-captcha><script type="module" src="/widget.js?again"></script>',
    });
    expect(widget.site.requests.filter((request) => request === 'GET /widget.js')).toHaveLength(2);
    await widget.name.focus();
    await widget.until('image-1');
  });

  it.each(Object.entries(jsxSamples))('has JSX types that compile, for %s', (jsxImportSource, sample) => {
    const place = new URL(
      `../../node_modules/.cache/naver-captcha-widget/${jsxImportSource}.tsx`,
      import.meta.url,
    );
    mkdirSync(new URL('.', place), { recursive: true });
    writeFileSync(place, sample);
    execFileSync(
      process.execPath,
      [
        require.resolve('typescript/lib/tsc.js'),
        ...['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023,dom'],
        ...['--skipLibCheck', '--jsx', 'react-jsx', '--jsxImportSource', jsxImportSource, '--ignoreConfig'],
        fileURLToPath(place),
      ],
      { encoding: 'utf8', cwd: fileURLToPath(folder) },
    );
  });
});

describe('customElements.json', () => {
  it('names every public member', async () => {
    await widget.open();
    const members = await widget.page.evaluate(() =>
      Object.getOwnPropertyNames(customElements.get('naver-captcha')?.prototype ?? {}).filter(
        (name) => name !== 'constructor' && !name.endsWith('Callback'),
      ),
    );
    expect(names(manifest().members)).toEqual(members.sort());
  });

  it('names every attribute, event, slot, part and custom property', async () => {
    await widget.open();
    const observed = await widget.page.evaluate(
      () => Reflect.get(customElements.get('naver-captcha') ?? {}, 'observedAttributes') as string[],
    );
    const sources = ['src/naver-captcha.element.ts', 'src/challenge-panel.ts'].map(read).join('\n');
    const { attributes, events, slots, cssParts, cssProperties } = manifest();
    // The browser implements `form`.
    expect(names(attributes).filter((name) => name !== 'form')).toEqual(
      [...new Set([...observed, ...found(sources, /(?:get|has)Attribute\('(\w+)'/g)])].sort(),
    );
    expect(names(events)).toEqual(found(sources, /#dispatch\('([\w-]+)'/g));

    const [parts, slotNames] = await widget.page.evaluate(() => {
      const shadow = document.querySelector('naver-captcha')?.shadowRoot;
      const all = [...(shadow?.querySelectorAll('[part]') ?? [])];
      return [
        all.flatMap(({ part }) => [...part]),
        [...(shadow?.querySelectorAll('slot') ?? [])].map(({ name }) => name),
      ];
    });
    expect(names(cssParts)).toEqual([...new Set(parts)].sort());
    expect(names(slots)).toEqual(slotNames);

    const styles = new Map(
      [...read('src/styles.ts').matchAll(/var\((--naver-captcha-[\w-]+), ([^;]+)\);/g)].map(
        ([, name = '', value = '']) => [name, value],
      ),
    );
    expect(new Map(cssProperties.map(({ name, default: value = '' }) => [name, value]))).toEqual(styles);
  });

  it('agrees with the README', () => {
    const readme = read('README.md');
    const { attributes, events, slots, cssParts, cssProperties, members } = manifest();
    for (const { name } of [...attributes, ...events, ...slots, ...cssParts, ...cssProperties, ...members]) {
      expect(readme).toContain(`\`${name}`);
    }
  });
});
