import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { WIDGET, WidgetPage } from './support/widget-page.ts';

const widget = WidgetPage.install();
const read = (path: string) => readFileSync(new URL(`../../node_modules/${path}`, import.meta.url), 'utf8');

/** Reads the form by the library into `window.read()`, as `name=value` pairs. */
const LIBRARIES: Readonly<
  Record<string, { readonly file: string; readonly read: string; readonly head?: string }>
> = {
  'jQuery 3.8': { file: 'jquery-3/dist/jquery.js', read: `$('form').serialize()` },
  'jQuery 4.0': { file: 'jquery/dist/jquery.js', read: `$('form').serialize()` },
  'htmx 1.9': {
    file: 'htmx.org/dist/htmx.js',
    read: `new URLSearchParams(Object.entries(htmx.values(document.querySelector('form'), 'post'))).toString()`,
    head: `<meta name="htmx-config" content='{"includeIndicatorStyles":false,"allowEval":false}'>`,
  },
  'Unpoly 3.14': { file: 'unpoly/unpoly.js', read: `up.Params.fromForm('form').toQuery()` },
  'form-serialize': {
    file: 'form-serialize/index.js',
    read: `module.exports(document.querySelector('form'))`,
  },
  'form.elements': {
    file: '',
    read: `new URLSearchParams(
      [...document.forms[0].elements].filter(({ name, disabled }) => name && !disabled).map(({ name, value }) => [name, value]),
    ).toString()`,
  },
};

describe('17: form libraries that read the inputs of a form', () => {
  it.each(Object.entries(LIBRARIES))('%s', async (_, { file, read: expression, head = '' }) => {
    // jQuery 3 assigns HTML.
    widget.site.contentSecurityPolicy = "default-src 'self'";
    if (file !== '') widget.site.files.set('/library.js', read(file));
    widget.site.files.set('/module.js', 'window.module = {};');
    await widget.open({
      head: `${head}<script src="/module.js"></script><script src="/library.js"></script>`,
      script: `window.read = () => ${expression};`,
    });
    const pairs = () =>
      widget.page.evaluate(() =>
        [...new URLSearchParams((window as unknown as { read(): string }).read()).entries()].join(' '),
      );
    expect(await pairs()).toBe('name,홍길동');
    await widget.field.fill('ab12');
    await widget.until('image-1');
    expect(await pairs()).toBe('name,홍길동 captchaKey,image-1 captchaValue,ab12');
    expect(Object.entries(await widget.entries())).toHaveLength(3);

    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.toggleAttribute('disabled', true);
    });
    expect(await pairs()).toBe('name,홍길동');
  });

  it('sends each field once with a plain post', async () => {
    await widget.open({ script: `document.forms[0].enctype = 'text/plain';` });
    await widget.field.fill('ab12');
    await widget.until('image-1');
    const sent = widget.page.waitForRequest('**/submit');
    await widget.submit.click();
    expect((await sent).postData()?.trim().split(/\s+/)).toEqual([
      'name=홍길동',
      'captchaKey=image-1',
      'captchaValue=ab12',
    ]);
  });

  it('keeps its fields with the form that it names', async () => {
    await widget.open({ body: `${WIDGET}<form id="a"></form><form id="b"></form>` });
    await widget.field.focus();
    await widget.until('image-1');
    await widget.field.fill('ab12');
    const read = (id: string | undefined) =>
      widget.page.evaluate((form) => {
        const element = document.querySelector('naver-captcha');
        if (form === undefined) element?.removeAttribute('form');
        else element?.setAttribute('form', form);
        return [...document.forms].map((each) => [...new FormData(each).keys()].join());
      }, id);
    expect(await read('a')).toEqual(['captchaKey,captchaValue', '']);
    expect(await read('b')).toEqual(['', 'captchaKey,captchaValue']);
    expect(await read(undefined)).toEqual(['', '']);
  });

  it('does not send the fields of the page that was copied', async () => {
    await widget.open();
    await widget.field.fill('ab12');
    await widget.until('image-1');
    const copied = await widget.page.evaluate(() => {
      const copy = document.forms[0]?.cloneNode(true);
      if (!(copy instanceof HTMLFormElement)) return;
      document.forms[0]?.replaceWith(copy);
      return [...new FormData(copy).keys()];
    });
    expect(copied).toEqual(['name']);
  });

  it('lets the browser restore what the visitor typed after Back', async () => {
    await widget.open({
      body: `<form action="/submit" method="post"><textarea aria-label="글" name="text"></textarea>${WIDGET}<button>가입하기</button></form>`,
    });
    const text = widget.page.getByLabel('글');
    await text.fill('긴 글');
    await widget.field.fill('ab12');
    await widget.until('image-1');
    await widget.submit.click();
    await widget.page.waitForURL('**/submit');
    await widget.page.goBack();
    await widget.page.waitForFunction(() => document.querySelector('textarea')?.value === '긴 글');
    expect(await widget.entries()).toEqual({ text: '긴 글' });
  });
});
