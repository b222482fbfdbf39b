import { describe, expect, it } from '@jest/globals';

import type { Refusal } from './support/captcha-server.ts';
import { WIDGET, WidgetPage } from './support/widget-page.ts';

const widget = WidgetPage.install();
const SHORT = '<naver-captcha src="/captcha"></naver-captcha>';

/** Waits until earlier replies have arrived: the page sends another request, and the site answers it. */
async function settled(): Promise<void> {
  await widget.page.evaluate(async () => {
    await fetch('/page.css');
  });
}

const makings = () => widget.site.requests.filter((request) => request === 'POST /captcha').length;

describe('the challenges of <naver-captcha>', () => {
  it('asks the server nothing before the first focus in the form', async () => {
    await widget.open();
    await settled();
    expect(widget.site.requests.filter((request) => request.includes('/captcha'))).toEqual([]);
    expect(await widget.part('notice').textContent()).toBe('입력을 시작하면 여기에 나타납니다.');

    await widget.name.focus();
    await widget.until('image-1');
    expect(widget.site.asked).toEqual([
      { kind: 'image', media: 'inline', key: 'image-1', work: true, toll: true },
    ]);
    expect(await widget.picture()).toMatch(/^3\d\dx1\d\d |^2\d\dx\d+ /);
    expect(await widget.heard()).toEqual([['captcha-ready', { key: 'image-1', kind: 'image' }]]);
    // The reply to the first request contained the picture.
    expect(widget.site.requests).not.toContain('GET /captcha/media');

    await widget.field.fill('ab12');
    await settled();
    expect(makings()).toBe(1);
  });

  it('asks where the focus was in the form before the script came', async () => {
    await widget.open({ form: `<input aria-label="먼저" autofocus>${SHORT}` });
    await widget.until('image-1');
  });

  it('asks at once with loading="eager"', async () => {
    await widget.open({ form: '<naver-captcha loading="eager" action="signup"></naver-captcha>' });
    await widget.until('image-1');
    expect(widget.site.asked).toMatchObject([{ action: 'signup' }]);
  });

  it('fetches the picture apart where it did not come along', async () => {
    await widget.open();
    widget.site.inline = false;
    await widget.name.focus();
    await widget.until('image-1');
    expect(widget.site.requests).toContain('GET /captcha/media');
    expect(await widget.picture()).not.toBe('');
  });

  it('shows a new picture on request, and not more than one in two seconds', async () => {
    await widget.open({ clock: true });
    await widget.field.fill('old');
    await widget.until('image-1');
    await widget.page.clock.pauseAt(Date.now() + 60_000);
    await widget.refresh.click();
    await widget.until('image-2');
    expect(await widget.field.inputValue()).toBe('');
    expect(await widget.status()).toBe('새 그림이 나왔습니다.');

    expect(await widget.refresh.getAttribute('aria-disabled')).toBe('true');
    expect(await widget.refresh.evaluate((button) => button.matches(':focus'))).toBe(true);
    await widget.refresh.click({ force: true });
    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.refresh();
    });
    await settled();
    expect(makings()).toBe(2);

    await widget.page.clock.runFor(2_000);
    expect(await widget.refresh.getAttribute('aria-disabled')).toBe('false');
    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.refresh();
    });
    await widget.until('image-3');
  });

  it('asks once when the first thing pressed is one of its buttons', async () => {
    await widget.open();
    await widget.refresh.click();
    await widget.until('image-1');
    await settled();
    expect(makings()).toBe(1);
  });

  it('marks an expired challenge, asks nothing by itself, and renews it at the next action', async () => {
    await widget.open({ clock: true });
    await widget.field.fill('late');
    await widget.until('image-1');
    await widget.page.clock.runFor(601_000);
    await settled();

    expect((await widget.heard()).at(-1)).toEqual(['captcha-expired', { key: 'image-1' }]);
    expect(await widget.key()).toBe('');
    expect(await widget.picture()).toBe('');
    expect(await widget.field.inputValue()).toBe('');
    expect(await widget.message()).toContain('유효 시간이 지났습니다');
    expect(await widget.entries()).toEqual({ name: '홍길동' });
    await widget.page.clock.runFor(3_600_000);
    await settled();
    expect(makings()).toBe(1);

    await widget.name.press('End');
    await widget.until('image-2');
    expect(await widget.message()).toContain('유효 시간이 지났습니다');
    expect(makings()).toBe(2);
  });

  it('notices an expired challenge where timers slept, as on a phone', async () => {
    await widget.open({ clock: true });
    await widget.field.fill('late');
    await widget.until('image-1');
    await widget.page.clock.pauseAt(Date.now() + 10_000);
    await widget.page.clock.setSystemTime(Date.now() + 700_000);
    await widget.field.press('End');
    await widget.until('image-2');
    expect((await widget.heard()).map(([name]) => name)).toEqual([
      'captcha-ready',
      'captcha-expired',
      'captcha-ready',
    ]);
  });

  it('counts the time by the server, whatever the clock of the device says', async () => {
    await widget.open({ clock: true });
    widget.site.skewMs = -7 * 86_400_000;
    await widget.field.focus();
    await widget.until('image-1');
    await widget.page.clock.runFor(590_000);
    expect(await widget.key()).toBe('image-1');
    await widget.page.clock.runFor(15_000);
    expect(await widget.key()).toBe('');
  });

  it('never lets a late reply replace a newer challenge', async () => {
    await widget.open();
    widget.site.holdNext(2);
    await widget.name.focus();
    await widget.refresh.click();
    await expectHeld(2);
    widget.site.release(1);
    await widget.until('image-2');
    widget.site.release(0);
    await settled();

    expect(await widget.key()).toBe('image-2');
    expect(await widget.entries()).toMatchObject({ captchaKey: 'image-2' });
    expect((await widget.heard()).map(([, { key }]) => key)).toEqual(['image-2']);
  });

  it('never mixes a late picture with a newer sound', async () => {
    await widget.open();
    widget.site.holdNext();
    await widget.name.focus();
    await expectHeld(1);
    await widget.toggle.click();
    await widget.until('audio-2');
    widget.site.release();
    await settled();

    expect(await widget.key()).toBe('audio-2');
    expect(await widget.picture()).toBe('');
  });

  it('says so when the server cannot be reached, and tries again on request', async () => {
    await widget.open({ clock: true });
    await widget.page.route('**/captcha', (route) => route.abort('internetdisconnected'));
    await widget.name.focus();
    await widget.part('retry').waitFor();
    expect(await widget.message()).toContain('불러오지 못했습니다');
    expect(await widget.heard()).toEqual([
      ['captcha-error', { code: 'CAPTCHA_NOT_LOADED', message: await widget.message() }],
    ]);

    // Typing on makes no further request.
    await widget.name.pressSequentially('abc');
    expect(await widget.heard()).toHaveLength(1);
    expect(await widget.field.getAttribute('aria-invalid')).toBe('false');

    await widget.page.unroute('**/captcha');
    await widget.part('retry').focus();
    await widget.part('retry').press('Enter');
    await widget.until('image-1');
    expect(await widget.message()).toBe('');
    // The pressed button is hidden, and the focus moved to the refresh button.
    expect(await widget.refresh.evaluate((button) => button.matches(':focus'))).toBe(true);
  });

  it('says so when the picture is broken', async () => {
    await widget.open();
    widget.site.mediaBroken = true;
    await widget.name.focus();
    await widget.part('retry').waitFor();
    expect(await widget.message()).toContain('불러오지 못했습니다');
    expect(await widget.key()).toBe('');

    widget.site.mediaBroken = false;
    await widget.part('retry').click();
    await widget.until('image-2');
  });

  it('gives up on a server that says nothing for 15 seconds', async () => {
    await widget.open({ clock: true });
    widget.site.holdNext();
    await widget.name.focus();
    await expectHeld(1);
    await widget.page.clock.runFor(15_000);
    await widget.part('retry').waitFor();
    expect(await widget.message()).toContain('불러오지 못했습니다');
  });

  it.each<[Refusal, string, number]>([
    [{ status: 503, code: 'CAPTCHA_QUOTA_EXCEEDED', retryAfter: 30_000 }, '오늘은 더 이상', 60],
    [{ status: 429, code: 'CAPTCHA_TOO_MANY', retryAfter: 20 }, '요청이 너무 많습니다', 20],
    [{ status: 503, code: 'CAPTCHA_UNAVAILABLE', retryAfter: 5 }, '지금은', 5],
    [{ status: 500, code: 'CAPTCHA_MISCONFIGURED' }, '관리자', 0],
    [{ status: 502, code: 'SOMETHING_ELSE' }, '지금은', 0],
  ])('says what %j means, and waits as long as it asks for', async (refusal, sentence, seconds) => {
    await widget.open({ clock: true });
    widget.site.refusals = [refusal];
    await widget.name.focus();
    await widget.part('retry').waitFor();
    expect(await widget.message()).toContain(sentence);
    expect((await widget.heard())[0]).toEqual([
      'captcha-error',
      {
        code: refusal.code === 'SOMETHING_ELSE' ? 'CAPTCHA_UNAVAILABLE' : refusal.code,
        message: await widget.message(),
        ...(refusal.retryAfter !== undefined && { retryAfterSeconds: refusal.retryAfter }),
      },
    ]);

    // Without force, Playwright would wait until the cool-down ends.
    await widget.part('retry').click({ force: true });
    if (seconds > 0) {
      await settled();
      expect(makings()).toBe(1);
      await widget.page.clock.runFor(seconds * 1_000);
      await widget.part('retry').click();
    }
    await widget.until('image-2');
    expect(await widget.message()).toBe('');
  });

  it.each(['src', 'action'])('starts over when `%s` changes under a challenge', async (name) => {
    await widget.open();
    await widget.page.evaluate((attribute) => {
      document.querySelector('naver-captcha')?.setAttribute(attribute, 'captcha/');
    }, name);
    expect(makings()).toBe(0);
    await widget.field.fill('ab12');
    await widget.until('image-1');
    await widget.page.evaluate((attribute) => {
      document
        .querySelector('naver-captcha')
        ?.setAttribute(attribute, attribute === 'src' ? '/captcha' : 'other');
    }, name);
    await widget.until('image-2');
    expect(await widget.field.inputValue()).toBe('');
  });

  it('stays as it is when it is moved, and stops asking when it is removed', async () => {
    await widget.open();
    await widget.field.fill('ab12');
    await widget.until('image-1');
    await widget.page.evaluate(() => {
      const element = document.querySelector('naver-captcha');
      if (element) document.forms[0]?.prepend(element);
    });
    expect(await widget.entries()).toMatchObject({ captchaKey: 'image-1', captchaValue: 'ab12' });

    widget.site.holdNext();
    await widget.refresh.click();
    await expectHeld(1);
    await widget.page.evaluate(() => {
      const element = document.querySelector('naver-captcha');
      Object.assign(window, { removed: element });
      element?.remove();
    });
    widget.site.release();
    await settled();
    expect(await widget.heard()).toHaveLength(1);
  });

  it('offers only the kinds it is told', async () => {
    await widget.open({ form: '<naver-captcha kinds="image"></naver-captcha>' });
    expect(await widget.toggle.isVisible()).toBe(false);

    await widget.open({ form: '<naver-captcha kinds="audio image"></naver-captcha>' });
    await widget.name.focus();
    await widget.until('audio-1');
    expect(await widget.toggle.getAttribute('title')).toBe('그림으로 보기');
  });

  it('does not move the page while it loads', async () => {
    await widget.open({ form: `${WIDGET}<p>아래</p>` });
    const box = () => widget.page.locator('naver-captcha').boundingBox();
    const [idle, below] = [await box(), await widget.page.getByText('아래').boundingBox()];
    widget.site.holdNext();
    await widget.name.focus();
    await expectHeld(1);
    expect(await box()).toEqual(idle);
    widget.site.release();
    await widget.until('image-1');
    expect(await box()).toEqual(idle);
    await widget.toggle.click();
    await widget.until('audio-2');
    expect(await box()).toEqual(idle);
    expect(await widget.page.getByText('아래').boundingBox()).toEqual(below);
  });
});

async function expectHeld(count: number): Promise<void> {
  while (widget.site.held < count) await settled();
}
