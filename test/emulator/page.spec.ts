import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NaverCaptchaEmulator } from 'naver-captcha-emulator';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../support/browser.ts';
import { audio, compare, get, image, issue, ManualClock, shown } from './support/client.ts';
import { startEmulator } from './support/emulators.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

/** Opens the page, runs the test, and fails on any error of the page. */
async function visit(
  emulator: NaverCaptchaEmulator,
  locale: string,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ locale });
  const complaints: string[] = [];
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(emulator.url);
    await page.locator('#link.on').waitFor();
    await look(page);
  } finally {
    await context.close();
  }
  expect(complaints).toEqual([]);
}

const badge = (page: Page, key: string) => page.locator(`[data-key="${key}"] .badge`);

describe('the page', () => {
  it('shows keys when they are issued, newest first, with picture, answer and state', async () => {
    const clock = new ManualClock(Date.now());
    const emulator = await startEmulator({ clock });
    const early = await issue(emulator);
    await visit(emulator, 'ko-KR', async (page) => {
      await badge(page, early).getByText('발급됨').waitFor();
      const key = await issue(emulator);
      await badge(page, key).getByText('발급됨').waitFor();
      expect(
        await page.locator('.key').evaluateAll((cards) => cards.map((card) => card.getAttribute('data-key'))),
      ).toEqual([key, early]);
      await get(emulator, `${image.media}?key=${key}`);
      await badge(page, key).getByText('조회됨').waitFor();
      await compare(emulator, key, emulator.answerOf(key));
      await badge(page, key).getByText('정답').waitFor();
      const wrong = await shown(emulator);
      await compare(emulator, wrong, 'x');
      await badge(page, wrong).getByText('오답').waitFor();
      const card = page.locator(`[data-key="${key}"]`);
      expect(await card.locator('strong').textContent()).toBe(emulator.answerOf(key));
      expect(await card.getByRole('img').getAttribute('alt')).toContain(emulator.answerOf(key));
      await page.waitForFunction(() =>
        [...document.images].every(({ naturalWidth }) => naturalWidth === 300),
      );
      expect(await page.getByRole('row').count()).toBe(1 + emulator.requests.length);
    });
  });

  it('shows a key as expired by the clock of the emulator', async () => {
    const clock = new ManualClock(Date.UTC(2030, 0));
    const emulator = await startEmulator({ clock, keyTtlMs: 60_000 });
    const key = await issue(emulator);
    clock.advance(60_000);
    await visit(emulator, 'en-US', async (page) => {
      await badge(page, key).getByText('expired').waitFor();
      await page.getByText('1 min ago').waitFor();
    });
  });

  it('plays sounds', async () => {
    const emulator = await startEmulator();
    await issue(emulator, audio);
    await visit(emulator, 'en-US', async (page) => {
      const seconds = await page.locator('audio').evaluate(
        (player: HTMLAudioElement) =>
          new Promise<number>((resolve, reject) => {
            player.addEventListener('loadedmetadata', () => {
              resolve(player.duration);
            });
            player.addEventListener('error', () => {
              reject(new Error(player.error?.message));
            });
            player.load();
            player.preload = 'auto';
          }),
      );
      expect(seconds).toBeGreaterThan(3);
      expect(await page.locator('audio').getAttribute('aria-label')).toContain(emulator.keys[0]?.answer);
    });
  });

  it('shows Korean and English, and keeps the choice', async () => {
    const emulator = await startEmulator();
    await visit(emulator, 'ko-KR', async (page) => {
      expect(await page.title()).toBe('NAVER CAPTCHA 에뮬레이터');
      await page.getByRole('heading', { name: '장애 재현' }).waitFor();
      await page.getByRole('button', { name: 'English' }).click();
      expect([await page.title(), await page.locator('html').getAttribute('lang')]).toEqual([
        'NAVER CAPTCHA emulator',
        'en',
      ]);
      await page.reload();
      await page.getByRole('button', { name: '한국어' }).waitFor();
      expect(await page.title()).toBe('NAVER CAPTCHA emulator');
      const untranslated = /[가-힣]/.exec((await page.locator('body').innerText()).replace('한국어', ''));
      expect(untranslated).toBeNull();
    });
  });

  it('sets a fault by keyboard, for the chosen calls, and removes it', async () => {
    const emulator = await startEmulator();
    await visit(emulator, 'en-US', async (page) => {
      await page.getByLabel('Call', { exact: true }).selectOption('issue');
      await page.getByLabel('Kind', { exact: true }).selectOption('audio');
      await page.getByLabel('How often', { exact: true }).selectOption('every');
      await page.getByLabel('n', { exact: true }).fill('2');
      const fault = page.getByRole('switch', { name: 'Gateway 503' });
      expect(await fault.getAttribute('aria-checked')).toBe('false');
      await fault.focus();
      await page.keyboard.press('Space');
      await page.locator('[data-fault="gateway-503"][aria-checked="true"]').waitFor();
      expect(emulator.faults).toMatchObject([
        { fault: { fault: 'gateway-503', call: 'issue', kind: 'audio' }, every: 2 },
      ]);
      expect((await get(emulator, image.issue)).status).toBe(200);
      expect([(await get(emulator, audio.issue)).status, (await get(emulator, audio.issue)).status]).toEqual([
        200, 503,
      ]);
      await page.getByRole('row').filter({ hasText: '503' }).filter({ hasText: 'Gateway 503' }).waitFor();
      await page.keyboard.press('Enter');
      await page.locator('[data-fault="gateway-503"][aria-checked="false"]').waitFor();
      expect(emulator.faults).toEqual([]);
    });
  });

  it('switches a fault off once it is used up', async () => {
    const emulator = await startEmulator();
    await visit(emulator, 'en-US', async (page) => {
      await page.getByRole('switch', { name: 'Truncated body' }).click();
      await page.locator('[data-fault="truncated"][aria-checked="true"]').waitFor();
      await get(emulator, image.issue);
      await page.locator('[data-fault="truncated"][aria-checked="false"]').waitFor();
    });
  });

  it('can set every fault it shows', async () => {
    const emulator = await startEmulator();
    await visit(emulator, 'en-US', async (page) => {
      const names = await page
        .locator('#faults button')
        .evaluateAll((buttons) => buttons.map((button) => (button as HTMLElement).dataset['fault']));
      for (const button of await page.getByRole('switch').all()) await button.click();
      await page.waitForFunction(
        (count) => document.querySelectorAll('[aria-checked="true"]').length === count,
        names.length,
      );
      expect(emulator.faults.map(({ fault }) => fault.fault).sort()).toEqual([...names].sort());
    });
  });

  it('clears everything, and shows markup of a caller as text', async () => {
    const emulator = await startEmulator();
    await issue(emulator);
    await visit(emulator, 'en-US', async (page) => {
      await get(emulator, '/v1/captcha/<img src=x onerror=alert(1)>?value=<b>');
      await page.getByRole('row').filter({ hasText: '404' }).waitFor();
      expect(await page.locator('td img, td b').count()).toBe(0);
      await page.getByRole('button', { name: 'Clear everything' }).click();
      await page.getByText('No key yet.').waitFor();
      expect(emulator.keys).toEqual([]);
    });
  });

  it('fits a phone', async () => {
    const emulator = await startEmulator();
    await shown(emulator);
    await issue(emulator, audio);
    await visit(emulator, 'ko-KR', async (page) => {
      await page.setViewportSize({ width: 360, height: 740 });
      await page.locator('.key').nth(1).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    });
  });
});

it('is served unchanged from page/, under a strict policy', async () => {
  const emulator = await startEmulator();
  for (const [path, file] of [
    ['/', 'index.html'],
    ['/__emulator/page.css', 'page.css'],
    ['/__emulator/page.js', 'page.js'],
  ] as const) {
    const reply = await get(emulator, path, {});
    expect(reply.text).toBe(readFileSync(`libs/naver-captcha-emulator/page/${file}`, 'utf8'));
    expect(reply.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(reply.headers.get('cache-control')).toBe('no-store');
  }
});
