import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';

import { WidgetPage } from './support/widget-page.ts';

const widget = WidgetPage.install();

/** Renders the tag on the server's side of the same page, and hydrates it. */
async function hydrate(component: string): Promise<void> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { createElement, useCallback } from 'react';
        import { flushSync } from 'react-dom';
        import { hydrateRoot } from 'react-dom/client';
        import { renderToString } from 'react-dom/server';
        window.codes = [];
        window.mistakes = [];
        function App() { ${component} }
        const root = document.querySelector('#root');
        root.innerHTML = renderToString(createElement(App));
        window.html = root.innerHTML;
        flushSync(() => hydrateRoot(root, createElement(App), { onRecoverableError: (error) => mistakes.push(String(error)) }));
      `,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    write: false,
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  widget.site.contentSecurityPolicy = "default-src 'self'";
  widget.site.files.set('/react.js', outputFiles[0]?.text ?? '');
  await widget.open({
    body: '<div id="root"></div>',
    script: `await import('/react.js'); window.ready = true;`,
  });
  await widget.page.waitForFunction(() => 'ready' in window);
  await widget.page.waitForFunction(() => document.querySelector('naver-captcha')?.shadowRoot !== null);
}

const told = () =>
  widget.page.evaluate(() => ({
    codes: Reflect.get(window, 'codes') as unknown,
    mistakes: Reflect.get(window, 'mistakes') as unknown,
    messages: document.querySelector('naver-captcha')?.messages?.label,
  }));

async function fail(): Promise<void> {
  widget.site.refusals = [{ status: 429, code: 'CAPTCHA_TOO_MANY' }];
  await widget.field.focus();
  await widget.part('retry').waitFor();
}

describe('22: the tag after the hydration of React 19', () => {
  it('has neither listeners nor messages from its attributes: a bug of React, which the README describes', async () => {
    await hydrate(`return createElement('form', null, createElement('naver-captcha', {
      src: '/captcha', messages: { label: '보안 문자' }, 'oncaptcha-error': ({ detail }) => codes.push(detail.code),
    }));`);
    await fail();
    expect(await told()).toEqual({ codes: [], mistakes: [], messages: undefined });
  });

  it('has both if its ref sets them, as the README shows', async () => {
    await hydrate(`
      const connect = useCallback((captcha) => {
        captcha.messages = { label: '보안 문자' };
        const report = ({ detail }) => codes.push(detail.code);
        captcha.addEventListener('captcha-error', report);
        return () => captcha.removeEventListener('captcha-error', report);
      }, []);
      return createElement('form', null, createElement('naver-captcha', { ref: connect, src: '/captcha' }));`);
    await fail();
    expect(await told()).toEqual({ codes: ['CAPTCHA_TOO_MANY'], mistakes: [], messages: '보안 문자' });
  });
});
