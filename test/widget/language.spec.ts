import { describe, expect, it } from '@jest/globals';

import { WIDGET, WidgetPage } from './support/widget-page.ts';

const widget = WidgetPage.install();
const label = () => widget.part('label').textContent();
const shadowLang = () =>
  widget.page.evaluate(() =>
    document.querySelector('naver-captcha')?.shadowRoot?.firstElementChild?.getAttribute('lang'),
  );

describe('the language of <naver-captcha>', () => {
  it.each([
    ['ko', WIDGET, '자동 입력 방지 문자', 'ko'],
    ['en', WIDGET, 'Captcha', 'en'],
    ['en-GB', WIDGET, 'Captcha', 'en'],
    ['', WIDGET, '자동 입력 방지 문자', 'ko'],
    ['fr', WIDGET, '자동 입력 방지 문자', 'ko'],
    ['ko', '<div lang="en"><naver-captcha></naver-captcha></div>', 'Captcha', 'en'],
    ['en', '<naver-captcha lang="ko"></naver-captcha>', '자동 입력 방지 문자', 'ko'],
  ])('is that of the page or of the element: %j %s', async (lang, form, name, spoken) => {
    await widget.open({ lang, form });
    expect(await label()).toBe(name);
    // A screen reader must read the text in its own language, not in the page's.
    expect(await shadowLang()).toBe(spoken);
  });

  it('follows a change of its attribute', async () => {
    await widget.open();
    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.setAttribute('lang', 'en');
    });
    expect(await label()).toBe('Captcha');
    expect(await widget.refresh.getAttribute('title')).toBe('Refresh');
    await widget.name.focus();
    await widget.until('image-1');
    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.reportRejection('CAPTCHA_MALFORMED');
    });
    expect(await widget.message()).toContain('Latin letters');
  });

  it('takes other texts one by one', async () => {
    await widget.open({ lang: 'ja' });
    await widget.page.evaluate(() => {
      const element = document.querySelector('naver-captcha');
      if (element) element.messages = { label: '画像認証', CAPTCHA_MISSING: '文字を入力してください。' };
    });
    expect(await label()).toBe('画像認証');
    expect(await shadowLang()).toBe('');
    expect(await widget.refresh.getAttribute('title')).toBe('새로고침');
    expect(await widget.page.evaluate(() => document.querySelector('naver-captcha')?.validationMessage)).toBe(
      '文字を入力してください。',
    );
  });

  it('shows what is in the help slot, and describes the field with it', async () => {
    await widget.open({
      form: '<naver-captcha><p slot="help">보이지 않으면 <a href="/other">문의</a>해 주세요.</p></naver-captcha>',
    });
    expect(await widget.page.getByRole('link', { name: '문의' }).isVisible()).toBe(true);
    const field = await widget.page.locator('form').ariaSnapshot();
    expect(field).toContain('자동 입력 방지 문자');
    expect(field).toContain('문의');
  });
});
