import { mkdir } from 'node:fs/promises';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { findBarriers } from './support/axe.ts';
import { makePuzzle } from './support/puzzles.ts';
import { WidgetPage } from './support/widget-page.ts';

const widget = WidgetPage.install();

/** Screenshots of each state, to look at. */
const SHOTS = 'test-results/widget';
const FORM = `<naver-captcha src="/captcha" required><p slot="help">잘 안 되면 <a href="/other">고객센터</a></p></naver-captcha>`;

beforeAll(async () => {
  await mkdir(SHOTS, { recursive: true });
});

/** The page expects work, and reserves no space for a picture. */
async function quiet(): Promise<void> {
  await widget.page.evaluate(() => {
    document.querySelector('naver-captcha')?.setAttribute('kinds', 'work image audio');
  });
}

/** Work of which the browser does about a third within the second after which it is shown. */
const long = (parts: number) => makePuzzle({ parts, counters: 20_000, counter: 19_999 });

/** Brings the element into each state. */
const STATES: Readonly<Record<string, () => Promise<void>>> = {
  idle: async () => {
    await widget.part('notice').waitFor();
  },
  loading: async () => {
    widget.site.holdNext();
    await widget.name.focus();
    await widget
      .part('notice')
      .filter({ hasText: /불러오는|Loading/ })
      .waitFor();
  },
  image: async () => {
    await widget.field.focus();
    await widget.until('image-1');
  },
  answered: async () => {
    await widget.field.fill('UE99K6U');
    await widget.until('image-1');
  },
  wrong: async () => {
    await widget.field.focus();
    await widget.until('image-1');
    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.reportRejection('CAPTCHA_WRONG');
    });
    await widget.until('image-2');
  },
  hangul: async () => {
    await widget.field.fill('한글');
    await widget.until('image-1');
  },
  audio: async () => {
    await widget.toggle.click();
    await widget.until('audio-1');
    await widget.page.waitForFunction(
      () => document.querySelector('naver-captcha')?.shadowRoot?.querySelector('audio')?.ended,
    );
    await widget.page.waitForFunction(() =>
      document
        .querySelector('naver-captcha')
        ?.shadowRoot?.querySelector('[part~=switch]')
        ?.matches('[aria-disabled=false]'),
    );
    await widget.field.focus();
  },
  failed: async () => {
    widget.site.refusals = [{ status: 503, code: 'CAPTCHA_QUOTA_EXCEEDED' }];
    await widget.name.focus();
    await widget.part('retry').waitFor();
  },
  cooling: async () => {
    await widget.refresh.click();
    await widget.until('image-1');
  },
  working: async () => {
    await quiet();
    widget.site.givesWork = true;
    widget.site.makePuzzle = long;
    await widget.name.focus();
    await widget.part('work').waitFor();
  },
  'sent too early': async () => {
    await quiet();
    widget.site.givesWork = true;
    widget.site.makePuzzle = long;
    const solver = widget.page.waitForResponse('**/captcha/solver.js*');
    await widget.name.focus();
    await solver;
    await widget.part('work').waitFor();
    await widget.submit.click();
    await widget
      .part('work')
      .getByText(/기다려|wait/)
      .waitFor();
  },
  solved: async () => {
    await quiet();
    widget.site.givesWork = true;
    await widget.name.focus();
    await widget.until('work-1');
  },
  'sent again': async () => {
    await quiet();
    widget.site.givesWork = true;
    await widget.name.focus();
    await widget.until('work-1');
    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.reportRejection('CAPTCHA_USED');
    });
    await widget.until('work-2');
  },
  toll: async () => {
    widget.site.tolls = 1;
    widget.site.makePuzzle = long;
    await widget.name.focus();
    await widget.part('work').waitFor();
  },
  disabled: async () => {
    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.toggleAttribute('disabled', true);
    });
  },
};

const LOOKS = (['light', 'dark'] as const).flatMap((scheme) =>
  (['ko', 'en'] as const).map((lang) => [scheme, lang] as const),
);

describe('<naver-captcha> for everyone', () => {
  describe.each(LOOKS)('%s, %s', (scheme, lang) => {
    it.each(Object.keys(STATES))('has no barrier that axe knows while it is %s', async (state) => {
      await widget.open({
        form: FORM,
        lang,
        // Links are the page's; the user agent's own blue is too dark for the dark ground of some browsers.
        css: 'a { color: inherit; } body { background: Canvas; color: CanvasText; }',
        context: { colorScheme: scheme, viewport: { width: 480, height: 640 } },
      });
      await STATES[state]?.();

      expect(await findBarriers(widget.page)).toEqual([]);
      await widget.page.screenshot({ path: `${SHOTS}/${state}-${scheme}-${lang}.png` });
    });
  });

  it.each(
    (['light', 'dark'] as const).flatMap((scheme) =>
      [280, 320, 768, 1440].map((width) => [scheme, width] as const),
    ),
  )('fits into the page, %s, %i px wide', async (scheme, width) => {
    await widget.open({
      form: FORM,
      context: { colorScheme: scheme, viewport: { width, height: 620 }, deviceScaleFactor: 2 },
      css: width === 280 ? 'body { padding: 0; }' : '',
    });
    await STATES['image']?.();
    expect(await widget.page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await widget.page.screenshot({ path: `${SHOTS}/image-${scheme}-${width}.png` });

    const box = await widget.page.locator('naver-captcha').boundingBox();
    expect(box?.width).toBeLessThanOrEqual(432);
    expect(box?.width).toBeGreaterThanOrEqual(Math.min(width - 32, 280));
    for (const target of [widget.refresh, widget.toggle, widget.field]) {
      const size = await target.boundingBox();
      expect(Math.min(size?.width ?? 0, size?.height ?? 0)).toBeGreaterThanOrEqual(44);
    }
  });

  it.each(
    (['light', 'dark'] as const).flatMap((scheme) =>
      ['working', 'sent too early', 'solved', 'toll'].flatMap((state) =>
        [360, 1280].map((width) => [scheme, state, width] as const),
      ),
    ),
  )('fits into the page, %s, while it is %s, %i px wide', async (scheme, state, width) => {
    await widget.open({
      form: FORM,
      context: { colorScheme: scheme, viewport: { width, height: 420 }, deviceScaleFactor: 2 },
    });
    await STATES[state]?.();
    expect(await widget.page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await widget.page.screenshot({ path: `${SHOTS}/${state}-${scheme}-${width}.png` });
  });

  it('keeps its width where a page would shrink it to its content', async () => {
    await widget.open({
      css: 'form { display: flex; flex-direction: column; align-items: center; width: 600px }',
    });
    expect((await widget.page.locator('naver-captcha').boundingBox())?.width).toBeGreaterThan(280);
  });

  it('is light on a page that is light, whatever the system wishes', async () => {
    await widget.open({ css: ':root { color-scheme: light; }', context: { colorScheme: 'dark' } });
    expect(await widget.field.evaluate((field) => getComputedStyle(field).backgroundColor)).toBe(
      'rgb(255, 255, 255)',
    );
  });

  it('is themed by custom properties and parts', async () => {
    await widget.open({
      css: `naver-captcha { --naver-captcha-surface: rgb(1, 2, 3); --naver-captcha-width: 300px; }
        naver-captcha::part(input) { border-radius: 13px; } naver-captcha::part(refresh) { color: rgb(4, 5, 6); }`,
    });
    const style = await widget.field.evaluate((field) => {
      const { backgroundColor, borderRadius } = getComputedStyle(field);
      return [backgroundColor, borderRadius];
    });
    expect(style).toEqual(['rgb(1, 2, 3)', '13px']);
    expect(await widget.refresh.evaluate((button) => getComputedStyle(button).color)).toBe('rgb(4, 5, 6)');
    expect((await widget.page.locator('naver-captcha').boundingBox())?.width).toBe(300);
  });

  it('is used from start to end with the keyboard alone, and never holds the focus', async () => {
    await widget.open({ form: FORM });
    const focused = () =>
      widget.page.evaluate(() => {
        const inner = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
        return inner?.getAttribute('title') ?? inner?.getAttribute('part') ?? inner?.textContent;
      });
    const tab = async (keys = 'Tab') => {
      await widget.page.keyboard.press(keys);
      return focused();
    };
    await widget.name.focus();
    await widget.until('image-1');
    expect([await tab(), await tab(), await tab(), await tab(), await tab()]).toEqual([
      '새로고침',
      '음성으로 듣기',
      'input',
      '고객센터',
      '가입하기',
    ]);
    expect([await tab('Shift+Tab'), await tab('Shift+Tab'), await tab('Shift+Tab')]).toEqual([
      '고객센터',
      'input',
      '음성으로 듣기',
    ]);

    await widget.page.keyboard.press('Enter');
    await widget.until('audio-2');
    expect(await focused()).toBe('그림으로 보기');
    // The play button comes before the others, as the picture does.
    expect([await tab('Shift+Tab'), await tab('Shift+Tab')]).toEqual([
      '새로고침',
      expect.stringMatching(/재생|정지/),
    ]);
    expect([await tab(), await tab(), await tab()]).toEqual(['새로고침', '그림으로 보기', 'input']);
    await widget.page.keyboard.type('4821');
    await widget.page.keyboard.press('Enter');
    await widget.page.waitForURL('**/submit');
    expect(widget.site.submissions).toEqual([
      { name: '홍길동', captchaKey: 'audio-2', captchaValue: '4821' },
    ]);
  });

  it('shows where the focus is', async () => {
    await widget.open();
    await widget.name.focus();
    for (const target of [widget.refresh, widget.toggle, widget.field]) {
      await widget.page.keyboard.press('Tab');
      expect(
        await target.evaluate((element) => {
          const { outlineStyle, outlineWidth } = getComputedStyle(element);
          return [element.matches(':focus-visible'), outlineStyle, outlineWidth];
        }),
      ).toEqual([true, 'solid', '3px']);
    }
  });

  it('tells assistive technology what everything is', async () => {
    await widget.open({ form: FORM });
    await widget.field.focus();
    await widget.until('image-1');
    // Playwright's own snapshots do not know what an element says of itself through its internals.
    const session = await widget.page.context().newCDPSession(widget.page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const told = nodes.map(({ role, name, description }) =>
      [role?.value, name?.value, description?.value].filter(Boolean).join(' | '),
    );
    expect(told).toEqual(
      expect.arrayContaining([
        'group | 자동 입력 방지 문자',
        'image | 자동 입력 방지 그림. 보이는 영문자와 숫자를 아래에 입력해 주세요.',
        'button | 새로고침',
        'button | 음성으로 듣기',
        'textbox | 자동 입력 방지 문자 | 잘 안 되면 고객센터',
      ]),
    );
  });

  it('moves nothing by itself', async () => {
    await widget.open({ context: { reducedMotion: 'reduce' } });
    await widget.name.focus();
    await widget.until('image-1');
    expect(await widget.page.evaluate(() => document.getAnimations().length)).toBe(0);
  });

  it('stays usable in forced colours', async () => {
    await widget.open({
      form: FORM,
      context: { forcedColors: 'active', viewport: { width: 480, height: 640 } },
    });
    await STATES['solved']?.();
    await widget.page.screenshot({ path: `${SHOTS}/solved-forced-colors.png` });
    await widget.page.reload();
    widget.site.givesWork = false;
    await widget.field.fill('ab12');
    await widget.until('image-2');
    await widget.page.screenshot({ path: `${SHOTS}/forced-colors.png` });
    expect(await widget.refresh.evaluate((button) => getComputedStyle(button).borderTopStyle)).toBe('solid');
  });
});
