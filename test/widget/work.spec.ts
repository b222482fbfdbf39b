import { describe, expect, it } from '@jest/globals';

import { FETCH_SCRIPT, type PageSetup, WIDGET, WidgetPage } from './support/widget-page.ts';
import { makePuzzle } from './support/puzzles.ts';

const widget = WidgetPage.install();
/** Says that the page expects work, so it reserves no space for the picture. */
const QUIET = '<naver-captcha src="/captcha" kinds="work image audio" required></naver-captcha>';

/** Hours of work. */
const endless = (parts: number) => makePuzzle({ parts, counters: 5_000_000, counter: 4_999_999 });

/** The element's own line about its work. */
const line = () => widget.part('work');

/** Opens a page whose next challenges are work, and does the first. */
async function openSolved(setup: PageSetup = { form: QUIET }): Promise<void> {
  await widget.open(setup);
  widget.site.givesWork = true;
  await widget.name.focus();
  await widget.until('work-1');
}

/** Opens a page whose first challenge is work without end. */
async function openWorking(setup: PageSetup = { form: QUIET, clock: true }): Promise<void> {
  await widget.open(setup);
  widget.site.givesWork = true;
  widget.site.makePuzzle = endless;
  const solver = widget.page.waitForResponse('**/captcha/solver.js*');
  await widget.name.focus();
  await solver;
  await derived();
}

/** Resolves when the browser has tried a counter, so that the solver is at work. */
async function derived(): Promise<void> {
  await widget.page.waitForFunction(() => (Reflect.get(window, 'derived') as number) > 0);
}

/** Counts the counters that the browser tries. */
const COUNT = `
  window.derived = 0;
  const deriveBits = crypto.subtle.deriveBits;
  crypto.subtle.deriveBits = function (...given) { window.derived += 1; return deriveBits.apply(this, given); };
`;

const tried = () => widget.page.evaluate(() => Reflect.get(window, 'derived') as number);

/** Resolves when the browser tries no further counters. */
async function untilIdle(): Promise<void> {
  let before = -1;
  for (let now = await tried(); now !== before; now = await tried()) {
    before = now;
    await widget.page.evaluate(async () => {
      const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']);
      // Waits in line behind the counters that are in flight.
      for (let at = 0; at < 20; at++) {
        await crypto.subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, new Uint8Array(64));
      }
    });
  }
}

const state = () =>
  widget.page.evaluate(() => {
    const element = document.querySelector('naver-captcha');
    return { valid: element?.validity.valid, message: element?.validationMessage, kind: element?.kind };
  });

describe('work as a challenge', () => {
  it('is done unseen, and answers without a field, a picture or a button', async () => {
    await widget.open({ form: QUIET });
    widget.site.givesWork = true;
    expect((await widget.page.locator('naver-captcha').boundingBox())?.height).toBe(0);
    await widget.name.focus();
    await widget.until('work-1');

    expect(await line().textContent()).toBe('확인되었습니다.');
    expect(await widget.page.locator('naver-captcha :is(input, button, canvas, label):visible').count()).toBe(
      0,
    );
    expect(await widget.heard()).toEqual([['captcha-ready', { key: 'work-1', kind: 'work' }]]);
    expect(await state()).toEqual({ valid: true, message: '', kind: 'work' });
    // Nothing was to be heard, because nothing was to be noticed.
    expect(await widget.status()).toBe('');
    expect(await line().getAttribute('role')).toBe(null);

    await widget.submit.click();
    await widget.page.waitForURL('**/submit');
    expect(widget.site.submissions).toEqual([
      { name: '홍길동', captchaKey: 'work-1', captchaValue: widget.site.solutions.get('work-1') },
    ]);
  });

  it('takes the place of the box on a page that does not expect it', async () => {
    await openSolved({ form: WIDGET });
    expect(await line().isVisible()).toBe(true);
    expect(await widget.field.isVisible()).toBe(false);
    expect(await widget.refresh.isVisible()).toBe(false);
  });

  it('has the value of an ALTCHA challenge, also with several parts', async () => {
    const { puzzle, value } = makePuzzle({ parts: 3, counters: 30 });
    await widget.open({
      script: `
        const { solve } = await import('/captcha/solver.js');
        const shares = [];
        window.solved = await solve(${JSON.stringify(puzzle)}, { onProgress: (share) => shares.push(share) });
        window.shares = shares;`,
    });
    await widget.page.waitForFunction(() => 'shares' in window);
    const solved = await widget.page.evaluate(() => Reflect.get(window, 'solved') as string);
    const shares = await widget.page.evaluate(() => Reflect.get(window, 'shares') as number[]);
    expect(solved).toBe(value);
    expect(shares).toEqual(shares.toSorted((one, other) => one - other));
    expect(Math.max(...shares)).toBeLessThanOrEqual(1);
  });

  it('is not asked for on a page that leaves it out', async () => {
    await widget.open({ form: '<naver-captcha kinds="image audio"></naver-captcha>' });
    widget.site.givesWork = true;
    await widget.name.focus();
    await widget.until('image-1');
    expect(widget.site.asked[0]).toMatchObject({ work: false, toll: true });
  });

  it('needs the solver only when there is a puzzle', async () => {
    await widget.open();
    await widget.name.focus();
    await widget.until('image-1');
    expect(widget.site.requests).not.toContain('GET /captcha/solver.js');
  });

  it('fails where no counter solves it, and gives a picture if the server does at the next try', async () => {
    await widget.open({ form: QUIET });
    widget.site.givesWork = true;
    widget.site.makePuzzle = () => {
      const { puzzle, value } = makePuzzle({ parts: 1, counters: 8 });
      const [{ parameters }] = puzzle.parts as [(typeof puzzle.parts)[0]];
      return {
        puzzle: { ...puzzle, parts: [{ parameters: { ...parameters, keyPrefix: '0'.repeat(32) } }] },
        value,
      };
    };
    await widget.name.focus();
    await widget.part('retry').waitFor();
    expect(await widget.heard()).toMatchObject([['captcha-error', { code: 'CAPTCHA_NOT_LOADED' }]]);
    widget.site.givesWork = false;
    await widget.part('retry').click();
    await widget.until('image-2');
  });

  it('gives a picture at the next try if the solver cannot be loaded', async () => {
    await widget.open({ form: QUIET });
    widget.site.givesWork = true;
    await widget.page.route('**/captcha/solver.js*', (route) => route.abort());
    await widget.name.focus();
    await widget.part('retry').waitFor();
    await widget.part('retry').click();
    await widget.until('image-2');
    expect(widget.site.asked[1]).toMatchObject({ work: false, toll: false });
  });

  it('is renewed quietly at the next action after it has expired', async () => {
    await openSolved({ form: QUIET, clock: true });
    await widget.page.clock.runFor(301_000);
    expect(await widget.key()).toBe('');
    expect(await widget.message()).toBe('');
    expect(widget.site.asked).toHaveLength(1);
    await widget.name.press('End');
    await widget.until('work-2');
    expect(await widget.message()).toBe('');
    expect(await line().textContent()).toBe('확인되었습니다.');
  });

  it.each([
    ['English', { lang: 'en' }, 'Confirmed.'],
    [
      'the page’s own words',
      { script: `document.querySelector('naver-captcha').messages = { work: '確認しました。' };` },
      '確認しました。',
    ],
  ])('speaks %s', async (_, setup, text) => {
    await openSolved({ form: QUIET, ...setup });
    expect(await line().textContent()).toBe(text);
  });
});

describe('while the browser works', () => {
  it('shows nothing at first, and after a second a bar, which is said once', async () => {
    await openWorking({ form: QUIET, clock: true, script: COUNT });
    expect(await line().count()).toBe(0);
    await widget.page.clock.runFor(1_000);
    expect(await line().textContent()).toBe('자동 입력이 아닌지 확인하는 중입니다.');
    const bar = line().getByRole('progressbar', { name: '자동 입력이 아닌지 확인하는 중입니다.' });
    expect(await bar.isVisible()).toBe(true);
    expect(await bar.evaluate((element) => (element as HTMLProgressElement).value)).toBeGreaterThan(0);
    expect(await widget.status()).toBe('자동 입력이 아닌지 확인하는 중입니다.');
    await widget.page.evaluate(() => {
      const status = document.querySelector('naver-captcha')?.shadowRoot?.querySelector('[role=status]');
      const records: unknown[] = [];
      if (status) new MutationObserver((list) => records.push(...list)).observe(status, { childList: true });
      Reflect.set(window, 'records', records);
    });
    await widget.page.clock.runFor(5_000);
    expect(await widget.page.evaluate(() => (Reflect.get(window, 'records') as unknown[]).length)).toBe(0);
    expect(await widget.page.evaluate(() => document.getAnimations().length)).toBe(0);
  });

  it('keeps the form from being sent, says so, and lets it be sent when the work is done', async () => {
    await openWorking({ form: QUIET, clock: true, script: COUNT });
    expect(await state()).toEqual({ valid: false, message: '불러오는 중입니다.', kind: 'image' });
    await widget.submit.click();
    expect(widget.site.submissions).toEqual([]);
    expect(await line().textContent()).toBe('확인하는 중입니다. 잠시 기다려 주세요.');
    // The focus stays, so that the visitor can press again.
    expect(await widget.submit.evaluate((button) => button.matches(':focus'))).toBe(true);
  });

  it('asks to send the form again after it was sent too early', async () => {
    const script = `
      const deriveBits = crypto.subtle.deriveBits;
      crypto.subtle.deriveBits = function (...given) {
        document.forms[0].requestSubmit();
        crypto.subtle.deriveBits = deriveBits;
        return deriveBits.apply(this, given);
      };`;
    await widget.open({ form: QUIET, script });
    widget.site.givesWork = true;
    await widget.name.focus();
    await widget.until('work-1');
    expect(await line().textContent()).toBe('확인되었습니다. 이제 다시 보내 주세요.');
    expect(await line().getAttribute('role')).toBe('alert');
    await widget.submit.click();
    await widget.page.waitForURL('**/submit');
  });

  it.each([
    ['the form is reset', `document.querySelector('form').reset()`],
    ['the element is removed', `document.querySelector('naver-captcha').remove()`],
  ])('stops when %s', async (_, act) => {
    await openWorking({ form: QUIET, clock: true, script: COUNT });
    await widget.page.clock.runFor(1_000);
    await widget.page.evaluate((code) => {
      const script = document.createElement('button');
      script.addEventListener('click', () => {
        if (code.includes('reset')) document.forms[0]?.reset();
        else document.querySelector('naver-captcha')?.remove();
      });
      script.click();
    }, act);
    await untilIdle();
    expect(await line().count()).toBe(0);
    expect(await widget.heard()).toEqual([]);
  });

  it('stops when the page asks for another challenge', async () => {
    await openWorking({ form: QUIET, clock: true, script: COUNT });
    widget.site.givesWork = false;
    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.setAttribute('action', 'login');
    });
    await widget.until('image-2');
    await untilIdle();
    expect(await widget.field.isVisible()).toBe(true);
  });
});

describe('a toll', () => {
  it('is paid, and then the picture comes', async () => {
    await widget.open();
    widget.site.tolls = 2;
    await widget.name.focus();
    await widget.until('image-3');
    expect(widget.site.asked.map(({ toll }) => toll)).toEqual([
      true,
      { key: 'toll-1', value: widget.site.solutions.get('toll-1') },
      { key: 'toll-2', value: widget.site.solutions.get('toll-2') },
    ]);
    expect(await widget.picture()).not.toBe('');
    expect(await line().count()).toBe(0);
  });

  it('shows its bar in the box where the picture will be', async () => {
    await widget.open({ clock: true, script: COUNT });
    const before = await widget.page.locator('naver-captcha').boundingBox();
    widget.site.tolls = 1;
    widget.site.makePuzzle = endless;
    await widget.name.focus();
    await derived();
    await widget.page.clock.runFor(1_000);
    expect(await widget.part('media').locator('progress').isVisible()).toBe(true);
    expect(await widget.page.locator('naver-captcha').boundingBox()).toEqual(before);
  });

  it('is not paid a third time', async () => {
    await widget.open();
    widget.site.tolls = 9;
    await widget.name.focus();
    await widget.part('retry').waitFor();
    expect(widget.site.asked).toHaveLength(3);
    expect(await widget.heard()).toMatchObject([['captcha-error', { code: 'CAPTCHA_TOO_MANY' }]]);
    widget.site.tolls = 0;
    await widget.part('retry').click();
    await widget.until('image-4');
  });

  it('that the server takes for wrong is a refusal', async () => {
    await widget.open();
    widget.site.tolls = 1;
    widget.site.makePuzzle = (parts) => {
      widget.site.refusals = [{ status: 400, code: 'CAPTCHA_INVALID' }];
      return makePuzzle({ parts, counters: 8 });
    };
    await widget.name.focus();
    await widget.part('retry').waitFor();
    expect(await widget.heard()).toMatchObject([['captcha-error', { code: 'CAPTCHA_INVALID' }]]);
  });
});

describe('work and the rest of the form', () => {
  it('gives way to a picture when the server refuses, and keeps what was typed', async () => {
    await openSolved({ form: QUIET, script: FETCH_SCRIPT });
    await widget.name.fill('성춘향');
    widget.site.rejections = ['CAPTCHA_WRONG'];
    widget.site.givesWork = false;
    await widget.submit.click();
    await widget.until('image-2');
    expect(await widget.field.isVisible()).toBe(true);
    expect(await widget.message()).toContain('올바르지 않습니다');
    expect(await widget.name.inputValue()).toBe('성춘향');
    expect(await line().isVisible()).toBe(false);
    await widget.field.fill('ab12');
    await widget.field.press('Enter');
    await widget.page.waitForFunction(() => document.title === 'sent');
    expect(widget.site.submissions.at(-1)).toEqual({
      name: '성춘향',
      captchaKey: 'image-2',
      captchaValue: 'ab12',
    });
  });

  it('asks to send the form again when the server refused it and gives work again', async () => {
    await openSolved({ form: QUIET, script: FETCH_SCRIPT });
    widget.site.rejections = ['CAPTCHA_USED'];
    await widget.submit.click();
    await widget.until('work-2');
    expect(await line().textContent()).toBe('확인되었습니다. 이제 다시 보내 주세요.');
    expect(await widget.message()).toBe('');
    await widget.submit.click();
    await widget.page.waitForFunction(() => document.title === 'sent');
  });

  it('is done anew after the form was reset', async () => {
    await openSolved({ form: QUIET });
    await widget.page.evaluate(() => {
      document.forms[0]?.reset();
    });
    expect(await widget.key()).toBe('');
    await widget.name.press('End');
    await widget.until('work-2');
  });

  it('is done anew when the visitor comes back to a page that the browser kept', async () => {
    await openSolved({ form: QUIET });
    await widget.submit.click();
    await widget.page.waitForURL('**/submit');
    await widget.page.goBack();
    expect(await widget.name.inputValue()).toBe('홍길동');
    await widget.name.focus();
    await widget.name.press('End');
    await widget.until('work-2');
    await widget.submit.click();
    await widget.page.waitForURL('**/submit');
    expect(widget.site.submissions.map(({ captchaKey }) => captchaKey)).toEqual(['work-1', 'work-2']);
  });
});

describe('a page without https', () => {
  it('gets a picture, and says once to its developer why', async () => {
    await widget.open({ head: '<script src="/plain.js"></script>' });
    widget.site.files.set('/plain.js', `Object.defineProperty(crypto, 'subtle', { value: undefined });`);
    widget.site.givesWork = true;
    const warnings: string[] = [];
    widget.page.on('console', (message) => {
      if (message.type() === 'warning') warnings.push(message.text());
    });
    await widget.page.reload();
    await widget.name.focus();
    await widget.until('image-1');
    expect(widget.site.asked[0]).toMatchObject({ work: false, toll: false });
    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.refresh();
    });
    await widget.until('image-2');
    expect(warnings).toEqual(['<naver-captcha> does no work without https or localhost.']);
  });
});
