// What the minifiers cannot know about the sources: plugins for the build of the script that pages load.
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

import { transform } from 'esbuild';

/** To a minifier the style sheet is a string. */
export const compactStyles = load(/[/\\](work-)?styles\.js$/, async (file) => {
  const code = await readFile(file, 'utf8');
  const [, css] = /= `([^`]+)`/.exec(code) ?? [];
  if (css === undefined) {
    throw new Error(`${file} has no style sheet. Write it as one template literal without substitutions.`);
  }
  // Repeated text costs less than a name for it, because brotli refers to the first.
  let inlined = css;
  for (const [declaration, name, value] of css.matchAll(/^ *(--\w+): (.+);\n/gm)) {
    inlined = inlined.replace(declaration, '').replaceAll(`var(${name})`, value);
  }
  const small = await transform(inlined, { loader: 'css', minify: true, target: 'es2022' });
  return code.replace(css, () => small.code.trim().replaceAll(', ', ','));
});

/** The languages share the names of their texts. */
export const compactMessages = load(/[/\\]messages\.js$/, async (file) => {
  const { ko, en } = await import(pathToFileURL(file));
  const names = Object.keys(ko);
  const list = (values) => {
    if (values.some((value) => value.includes('|')))
      throw new Error(`${file} has a text with |. Choose another separator.`);
    return JSON.stringify(values.join('|'));
  };
  const unpack = (texts) => `unpack(${list(names.map((name) => texts[name]))})`;
  const code = await readFile(file, 'utf8');
  return `
    const names = ${list(names)}.split('|');
    const unpack = (list) => {
      const texts = list.split('|');
      return Object.fromEntries(names.map((name, at) => [name, texts[at]]));
    };
    export const ko = ${unpack(ko)};
    export const en = ${unpack(en)};
    ${code.slice(code.indexOf('export function'))}`;
});

/** Browsers that load the script have form-associated elements. Only unit tests import the stand-in. */
export const omitStandIn = load(
  /[/\\]inert-captcha\.element\.js$/,
  () => 'export const InertCaptchaElement = undefined, isSupported = () => true;',
);

/** The routes serve the solver beside this script. The version keeps a browser from taking an older one from its cache. */
export const loadSolverByUrl = (version) =>
  load(
    /[/\\]load-solver\.js$/,
    () =>
      `export const loadSolver = (src) => import(new URL(src + '/solver.js?v=${version}', document.baseURI).href);`,
  );

function load(filter, contentsOf) {
  return {
    name: String(filter),
    setup({ onLoad }) {
      onLoad({ filter }, async ({ path }) => ({ contents: await contentsOf(path), loader: 'js' }));
    },
  };
}
