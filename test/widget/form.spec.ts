import { describe, expect, it } from '@jest/globals';

import { FETCH_SCRIPT, WIDGET, WidgetPage } from './support/widget-page.ts';

const widget = WidgetPage.install();

const validity = () =>
  widget.page.evaluate(() => {
    const element = document.querySelector('naver-captcha');
    return {
      valid: element?.validity.valid,
      message: element?.validationMessage,
      css: element?.matches(':invalid'),
      form: document.querySelector('form')?.checkValidity(),
    };
  });

describe('<naver-captcha> in a form', () => {
  it('sends key and value with a plain post', async () => {
    await widget.open();
    await widget.field.fill('ab12');
    await widget.until('image-1');
    await widget.submit.click();
    await widget.page.waitForURL('**/submit');

    expect(widget.site.submissions).toEqual([
      { name: '홍길동', captchaKey: 'image-1', captchaValue: 'ab12' },
    ]);
  });

  it('is in FormData, for a fetch post, and readable', async () => {
    await widget.open({ script: FETCH_SCRIPT });
    await widget.name.focus();
    await widget.until('image-1');
    await widget.field.fill('ab12');

    expect(
      await widget.page.evaluate(() => {
        const element = document.querySelector('naver-captcha');
        return [element?.key, element?.value, element?.kind, element?.form === document.forms[0]];
      }),
    ).toEqual(['image-1', 'ab12', 'image', true]);
    await widget.submit.click();
    await widget.page.waitForFunction(() => document.title === 'sent');
    expect(widget.site.submissions).toEqual([
      { name: '홍길동', captchaKey: 'image-1', captchaValue: 'ab12' },
    ]);
  });

  it('goes from wrong to right: sentence, new picture, empty field with the focus', async () => {
    await widget.open({ script: FETCH_SCRIPT });
    widget.site.rejections = ['CAPTCHA_WRONG'];
    await widget.field.focus();
    await widget.until('image-1');
    const before = await widget.picture();
    await widget.field.fill('wrong');
    await widget.field.press('Enter');
    await widget.until('image-2');

    expect(await widget.message()).toContain('올바르지 않습니다');
    expect(await widget.field.inputValue()).toBe('');
    expect(await widget.field.getAttribute('aria-invalid')).toBe('true');
    expect(await widget.field.evaluate((field) => field.matches(':focus'))).toBe(true);
    expect(await widget.picture()).not.toBe(before);

    await widget.field.pressSequentially('right');
    expect(await widget.message()).toBe('');
    expect(await widget.field.getAttribute('aria-invalid')).toBe('false');
    await widget.field.press('Enter');
    await widget.page.waitForFunction(() => document.title === 'sent');
    expect(widget.site.submissions.at(-1)).toMatchObject({ captchaKey: 'image-2', captchaValue: 'right' });
  });

  it.each(['CAPTCHA_MISSING', 'CAPTCHA_MALFORMED'])('keeps picture and value after %s', async (code) => {
    await widget.open();
    await widget.field.fill('ab!');
    await widget.until('image-1');
    await widget.page.evaluate((said) => {
      document.querySelector('naver-captcha')?.reportRejection(said);
    }, code);

    expect(await widget.message()).not.toBe('');
    expect(await widget.key()).toBe('image-1');
    expect(await widget.field.inputValue()).toBe('ab!');
    expect(widget.site.asked).toHaveLength(1);
  });

  it('makes a new challenge after a refusal that was not about the captcha, and says nothing', async () => {
    await widget.open();
    await widget.field.fill('ab12');
    await widget.until('image-1');
    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.reportRejection('NAME_TAKEN');
    });
    await widget.until('image-2');

    expect(await widget.message()).toBe('');
  });

  it('is invalid while it is required and has no answer, and says why', async () => {
    await widget.open();
    expect(await validity()).toEqual({
      valid: false,
      message: '자동 입력 방지 문자를 입력해 주세요.',
      css: true,
      form: false,
    });

    await widget.submit.click();
    expect(widget.site.submissions).toEqual([]);
    expect(await widget.field.evaluate((field) => field.matches(':focus'))).toBe(true);

    await widget.until('image-1');
    await widget.field.fill('ab12');
    expect(await validity()).toEqual({ valid: true, message: '', css: false, form: true });
  });

  it('is invalid while the picture is still on its way, whatever was typed', async () => {
    await widget.open();
    widget.site.holdNext();
    await widget.field.pressSequentially('early');
    expect(await validity()).toMatchObject({ valid: false, message: '불러오는 중입니다.' });

    widget.site.release();
    await widget.until('image-1');
    expect(await validity()).toMatchObject({ valid: true });
    expect(await widget.entries()).toMatchObject({ captchaValue: 'early' });
  });

  it('is optional without `required`', async () => {
    await widget.open({ form: '<naver-captcha src="/captcha"></naver-captcha>' });
    expect(await validity()).toMatchObject({ valid: true, form: true });
    expect(await widget.entries()).toEqual({ name: '홍길동' });
  });

  it('takes the page’s own validity', async () => {
    await widget.open();
    await widget.field.fill('ab12');
    await widget.until('image-1');
    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.setCustomValidity('나중에');
    });
    expect(await validity()).toEqual({ valid: false, message: '나중에', css: true, form: false });

    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.setCustomValidity('');
    });
    expect(await validity()).toMatchObject({ valid: true });
  });

  it('names the 한/영 key as soon as Hangul appears, and lets people type on', async () => {
    await widget.open();
    await widget.field.focus();
    await widget.until('image-1');
    await widget.field.pressSequentially('ㅁ');
    expect(await widget.message()).toContain('한/영');
    expect(await widget.field.getAttribute('aria-invalid')).toBe('true');
    expect(await validity()).toMatchObject({ valid: false });

    await widget.field.pressSequentially('a');
    expect(await widget.field.inputValue()).toBe('ㅁa');
    await widget.field.fill('a1');
    expect(await widget.message()).toBe('');
    expect(await validity()).toMatchObject({ valid: true });
  });

  it('is emptied by a reset, which costs no new challenge', async () => {
    await widget.open({ script: FETCH_SCRIPT });
    await widget.field.fill('ㅁ');
    await widget.until('image-1');
    await widget.page.evaluate(() => {
      document.querySelector('form')?.reset();
    });

    expect(await widget.field.inputValue()).toBe('');
    expect(await widget.message()).toBe('');
    expect(await widget.key()).toBe('image-1');
  });

  it('forgets a sent key at a reset, and makes the next at the next action', async () => {
    await widget.open({ script: FETCH_SCRIPT });
    await widget.field.fill('ab12');
    await widget.until('image-1');
    await widget.submit.click();
    await widget.page.waitForFunction(() => document.title === 'sent');
    await widget.page.evaluate(() => {
      document.querySelector('form')?.reset();
    });
    expect(await widget.key()).toBe('');
    expect(widget.site.asked).toHaveLength(1);

    await widget.name.press('End');
    await widget.until('image-2');
  });

  it.each([
    ['disabled', '<naver-captcha src="/captcha" required disabled></naver-captcha>'],
    ['in a disabled fieldset', `<fieldset disabled>${WIDGET}</fieldset>`],
  ])('asks, sends and checks nothing while it is %s', async (_, form) => {
    await widget.open({ form });
    await widget.name.focus();
    expect(await widget.field.isDisabled()).toBe(true);
    expect(await widget.refresh.isDisabled()).toBe(true);
    expect(await widget.toggle.isDisabled()).toBe(true);
    expect(await validity()).toMatchObject({ form: true });
    expect(widget.site.asked).toEqual([]);

    await widget.page.evaluate(() => {
      for (const element of document.querySelectorAll('[disabled]')) element.removeAttribute('disabled');
    });
    await widget.field.fill('ab12');
    await widget.until('image-1');
    expect(await widget.entries()).toMatchObject({ captchaKey: 'image-1', captchaValue: 'ab12' });

    await widget.page.evaluate(() => {
      document.querySelector('fieldset, naver-captcha')?.toggleAttribute('disabled', true);
    });
    expect(await widget.entries()).toEqual({ name: '홍길동' });
  });

  it.each([
    ['a plain post', ''],
    ['a fetch post', FETCH_SCRIPT],
  ])('sends once when %s is submitted twice', async (_, script) => {
    await widget.open({ script });
    await widget.field.fill('ab12');
    await widget.until('image-1');
    await widget.page.evaluate(() => {
      const form = document.querySelector('form');
      form?.requestSubmit();
      form?.requestSubmit();
    });
    await widget.page.waitForFunction(() => document.title === 'sent' || location.pathname === '/submit');

    expect(widget.site.submissions).toHaveLength(1);
  });

  it('says that it is being sent, and lets a mended form go again', async () => {
    await widget.open({ script: FETCH_SCRIPT });
    await widget.field.fill('ab12');
    await widget.until('image-1');
    await widget.submit.dblclick();
    await widget.page.waitForFunction(() => document.title === 'sent');
    expect(widget.site.submissions).toHaveLength(1);
    expect(await widget.message()).toBe('보내는 중입니다. 잠시 기다려 주세요.');

    await widget.name.fill('임꺽정');
    await widget.submit.click();
    await widget.page.waitForFunction(() => document.title === 'sent');
    expect(widget.site.submissions.at(-1)).toMatchObject({ name: '임꺽정', captchaKey: 'image-1' });
    expect(await widget.message()).toBe('');
  });

  it('presses the submit button on Enter, as other fields do', async () => {
    await widget.open({
      script: `document.querySelector('form').addEventListener('submit', (event) => {
        event.preventDefault();
        document.title = event.submitter?.value ?? 'none';
      });`,
      form: `${WIDGET}<button type="button" value="no"></button><button value="yes">보내기</button>`,
    });
    await widget.field.fill('ab12');
    await widget.until('image-1');
    await widget.field.press('Enter');
    expect(await widget.page.title()).toBe('yes');
  });

  it('starts anew after Back, in the kind that was chosen, without the spent key', async () => {
    await widget.open();
    await widget.toggle.click();
    await widget.until('audio-1');
    await widget.field.fill('1234');
    await widget.submit.click();
    await widget.page.waitForURL('**/submit');
    await widget.page.goBack();
    await widget.page.waitForFunction(() => document.querySelector('naver-captcha')?.kind === 'audio');

    expect(await widget.key()).toBe('');
    expect(await widget.field.inputValue()).toBe('');
    expect(widget.site.asked).toHaveLength(1);
    await widget.name.focus();
    await widget.until('audio-2');
  });

  it('drops a spent key on a page that the browser kept', async () => {
    await widget.open({ script: FETCH_SCRIPT });
    await widget.field.fill('ab12');
    await widget.until('image-1');
    const comeBack = () =>
      widget.page.evaluate(() => {
        dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
      });
    await comeBack();
    expect(await widget.key()).toBe('image-1');

    await widget.submit.click();
    await widget.page.waitForFunction(() => document.title === 'sent');
    await comeBack();
    expect(await widget.key()).toBe('');
  });

  it('keeps two on a page apart', async () => {
    await widget.open({
      body: `<form id="a"><naver-captcha src="/captcha" action="signup"></naver-captcha></form>
        <form id="b"><naver-captcha src="/captcha" action="comment"></naver-captcha></form>`,
    });
    const [first, second] = [widget.field.nth(0), widget.field.nth(1)];
    await first.fill('one');
    await widget.until('image-1');
    expect(widget.site.asked).toEqual([
      { kind: 'image', media: 'inline', action: 'signup', key: 'image-1', work: true, toll: true },
    ]);
    await second.fill('two');
    await widget.until('image-2');
    expect(widget.site.asked[1]).toMatchObject({ action: 'comment' });

    expect(
      await widget.page.evaluate(() =>
        [...document.forms].map((form) => Object.fromEntries(new FormData(form))),
      ),
    ).toEqual([
      { captchaKey: 'image-1', captchaValue: 'one' },
      { captchaKey: 'image-2', captchaValue: 'two' },
    ]);
  });

  it('works outside a form, and with a form it only names', async () => {
    await widget.open({ body: `${WIDGET}<form id="far"></form>` });
    await widget.field.focus();
    await widget.until('image-1');
    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.setAttribute('form', 'far');
    });
    await widget.field.fill('ab12');
    expect(await widget.entries()).toEqual({ captchaKey: 'image-1', captchaValue: 'ab12' });
  });

  it('gets the focus through a label of the page and through focus()', async () => {
    await widget.open({ form: `<label for="c" id="l">보안</label><naver-captcha id="c"></naver-captcha>` });
    await widget.page.locator('#l').click();
    expect(await widget.field.evaluate((field) => field.matches(':focus'))).toBe(true);
    await widget.name.focus();
    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.focus();
    });
    expect(await widget.field.evaluate((field) => field.matches(':focus'))).toBe(true);
  });

  it('takes what was set before the script came', async () => {
    await widget.open({ body: '<form></form>' });
    const told = await widget.page.evaluate(() => {
      const [early, late] = ['naver-captcha-early', 'naver-captcha'].map((name) =>
        document.createElement(name),
      );
      if (!early || !late) return;
      Object.assign(early, { messages: { label: '보안 문자' }, required: true, src: '/elsewhere' });
      document.forms[0]?.append(early);
      const original = customElements.get('naver-captcha');
      if (original) customElements.define('naver-captcha-early', class extends original {});
      return [early.getAttribute('src'), early.hasAttribute('required'), early.shadowRoot?.textContent];
    });
    expect(told).toEqual(['/elsewhere', true, expect.stringContaining('보안 문자')]);
  });
});
