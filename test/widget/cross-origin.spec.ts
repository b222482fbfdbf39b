import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { CaptchaServer } from './support/captcha-server.ts';
import { WidgetPage } from './support/widget-page.ts';

const widget = WidgetPage.install();
/** The captcha routes, on another origin than the page. */
let api: CaptchaServer;

beforeEach(async () => {
  api = await CaptchaServer.start();
  api.allowedOrigin = widget.site.url;
  api.saysRemainingTime = true;
  widget.site.contentSecurityPolicy = `default-src 'self'; connect-src 'self' ${api.url}; media-src ${api.url}`;
});

afterEach(async () => {
  await api[Symbol.asyncDispose]();
});

const tag = (attributes = '') => `<naver-captcha src="${api.url}/captcha" ${attributes}></naver-captcha>`;
const seen = (path: string) => api.requests.filter((request) => request === path).length;

describe('13: picture and sound on a page of another origin', () => {
  it('plays the sound from the beginning and again', async () => {
    await widget.open({ form: tag() });
    const ended = () =>
      widget.page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const audio = document.querySelector('naver-captcha')?.shadowRoot?.querySelector('audio');
            audio?.addEventListener(
              'ended',
              () => {
                resolve(audio.currentTime);
              },
              { once: true },
            );
          }),
      );
    const first = ended();
    await widget.toggle.click();
    await widget.until('audio-1');
    expect(await first).toBeGreaterThan(0.4);
    const second = ended();
    await widget.part('play').click();
    expect(await second).toBeGreaterThan(0.4);
    expect((await widget.heard()).map(([name]) => name)).toEqual(['captcha-ready']);
  });

  it('shows a picture that is fetched apart', async () => {
    api.inline = false;
    await widget.open({ form: tag() });
    await widget.name.focus();
    await widget.until('image-1');
    expect(seen('GET /captcha/media')).toBe(1);
    expect(await widget.picture()).not.toBe('');
  });
});

describe('14: the clock of the device does not matter on a page of another origin', () => {
  it.each([
    ['11 minutes ahead', -11 * 60_000],
    ['a week behind', 7 * 86_400_000],
  ])('%s', async (_, skewMs) => {
    api.skewMs = skewMs;
    await widget.open({ form: tag(), clock: true });
    await widget.name.focus();
    await widget.until('image-1');
    await widget.page.clock.runFor(590_000);
    expect(await widget.key()).toBe('image-1');
    await widget.page.clock.runFor(11_000);
    expect((await widget.heard()).map(([name]) => name)).toEqual(['captcha-ready', 'captcha-expired']);
  });

  it('keeps no key longer when the clock is set back an hour meanwhile', async () => {
    await widget.open({ form: tag(), clock: true });
    await widget.name.focus();
    await widget.until('image-1');
    await widget.page.clock.runFor(1_000);
    await widget.page.clock.setSystemTime(Date.now() - 3_600_000);
    await widget.page.clock.runFor(600_000);
    expect((await widget.heard()).map(([name]) => name)).toEqual(['captcha-ready', 'captcha-expired']);
  });

  it('still works with an older server that says only when the challenge expires', async () => {
    api.saysRemainingTime = false;
    await widget.open({ form: tag(), clock: true });
    await widget.name.focus();
    await widget.until('image-1');
    await widget.page.clock.runFor(605_000);
    expect(await widget.key()).toBe('');
  });
});

describe('15: cookies, headers of the page and retryAfterSeconds on a page of another origin', () => {
  it.each([
    ['', [undefined, undefined]],
    ['credentials="omit"', [undefined, undefined]],
    ['credentials="nonsense"', [undefined, undefined]],
    ['credentials="include"', ['session=1', 'session=1']],
  ])('sends cookies with challenge and sound only if the page says so: %j', async (attribute, cookies) => {
    await widget.open({ form: tag(`kinds="audio" ${attribute}`) });
    await widget.page.context().addCookies([{ name: 'session', value: '1', url: api.url, sameSite: 'Lax' }]);
    await widget.name.focus();
    await widget.until('audio-1');
    await widget.part('play').click();
    await widget.page.waitForFunction(
      () => document.querySelector('naver-captcha')?.shadowRoot?.querySelector('audio')?.paused === false,
    );
    expect(api.headers.slice(0, 2).map(({ cookie }) => cookie)).toEqual(cookies);
  });

  it.each([
    ['an object', `{ 'x-csrf-token': 'a1' }`],
    ['a function', `() => ({ 'x-csrf-token': 'a1' })`],
    ['a function that returns a promise', `async () => new Headers({ 'x-csrf-token': 'a1' })`],
  ])('sends headers of the page: %s', async (_, headers) => {
    api.inline = false;
    await widget.open({
      form: tag(),
      script: `document.querySelector('naver-captcha').headers = ${headers};`,
    });
    await widget.name.focus();
    await widget.until('image-1');
    expect(api.headers.map((sent) => [sent['x-csrf-token'], sent['content-type']])).toEqual([
      ['a1', 'application/json'],
      ['a1', undefined],
    ]);
  });

  it('waits as long as retryAfterSeconds asks, because Retry-After cannot be read', async () => {
    api.refusals = [{ status: 429, code: 'CAPTCHA_TOO_MANY', retryAfter: 7, retryAfterSeconds: 20 }];
    await widget.open({ form: tag(), clock: true });
    await widget.name.focus();
    await widget.part('retry').waitFor();
    expect((await widget.heard())[0]).toMatchObject(['captcha-error', { retryAfterSeconds: 20 }]);
    await widget.page.clock.runFor(19_000);
    expect(await widget.part('retry').getAttribute('aria-disabled')).toBe('true');
    await widget.page.clock.runFor(1_000);
    expect(await widget.part('retry').getAttribute('aria-disabled')).toBe('false');
  });

  it('starts over when `credentials` changes under a challenge, and mirrors the attribute', async () => {
    await widget.open({ form: tag() });
    await widget.name.focus();
    await widget.until('image-1');
    const mirrored = await widget.page.evaluate(() => {
      const element = document.querySelector('naver-captcha');
      const before = element?.credentials;
      if (element) element.credentials = 'include';
      return [before, element?.getAttribute('credentials'), element?.credentials];
    });
    expect(mirrored).toEqual(['same-origin', 'include', 'include']);
    await widget.until('image-2');
  });
});
