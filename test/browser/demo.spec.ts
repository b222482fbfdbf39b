import { mkdir } from 'node:fs/promises';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';

import { startBrowser } from '../support/browser.ts';
import { type RunningDemo, startDemo } from '../support/demo.ts';

/** Pictures of each state, for whoever wants to look. */
const SHOTS = 'test-results/demo';

let browser: Browser;
let demo: RunningDemo;
let context: BrowserContext;
let page: Page;
let mistakes: string[];

beforeAll(async () => {
  [browser, demo] = await Promise.all([startBrowser(), startDemo()]);
  await mkdir(SHOTS, { recursive: true });
});

afterAll(async () => {
  await browser.close();
  await demo[Symbol.asyncDispose]();
});

beforeEach(async () => {
  context = await browser.newContext({ locale: 'ko-KR', viewport: { width: 1024, height: 860 } });
  page = await context.newPage();
  mistakes = [];
  page.on('pageerror', (error) => mistakes.push(error.message));
});

afterEach(async () => {
  expect(mistakes).toEqual([]);
  await context.close();
});

/** What the emulator's own list says of the newest key. */
async function newestKey(): Promise<{ key: string; answer: string }> {
  const list = (await (await fetch(`${demo.emulatorUrl}/__emulator/keys`)).json()) as {
    key: string;
    answer: string;
  }[];
  const [newest] = list;
  if (newest === undefined) throw new Error('The emulator has no key.');
  return newest;
}

async function pictureIsShown(): Promise<boolean> {
  return page.locator('#picture').evaluate(async (element) => {
    const image = element as HTMLImageElement;
    if (image.src === '') return false;
    await image.decode();
    return image.naturalWidth >= 250 && image.naturalHeight >= 80;
  });
}

async function openWithPicture(): Promise<void> {
  await page.goto(demo.url);
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>('#picture')?.src !== '');
  expect(await pictureIsShown()).toBe(true);
}

async function fill(captchaValue: string): Promise<void> {
  await page.getByLabel('이름').fill('홍길동');
  await page.getByLabel('이메일').fill('hong@example.com');
  await page.getByLabel('비밀번호').fill('correct horse');
  await page.getByLabel('자동 입력 방지 문자').fill(captchaValue);
}

const submit = () => page.getByRole('button', { name: '가입하기' }).click();
const captchaError = () => page.locator('#captchaValue-error');

describe('the demo’s sign-up page', () => {
  it('shows a picture and says that the emulator is behind it', async () => {
    await openWithPicture();

    expect(await page.locator('#emulator').isVisible()).toBe(true);
    expect(await page.locator('#emulator-link').getAttribute('href')).toBe(demo.emulatorUrl);
    await page.screenshot({ path: `${SHOTS}/start.png` });
  });

  it('signs a person up who reads the picture', async () => {
    await openWithPicture();
    await fill((await newestKey()).answer);
    await submit();

    await page.waitForURL('**/welcome.html*');
    expect(await page.locator('h1').textContent()).toBe('가입이 완료되었습니다');
    expect(await page.locator('main').textContent()).toContain('홍길동 님');
    await page.screenshot({ path: `${SHOTS}/welcome.png` });
  });

  it('says that an answer was wrong, shows a new picture, and takes the right answer to that', async () => {
    await openWithPicture();
    const first = await newestKey();
    await fill('WRONG');
    await submit();

    await captchaError().getByText('올바르지 않습니다').waitFor();
    const second = await newestKey();
    expect(second.key).not.toBe(first.key);
    expect(await pictureIsShown()).toBe(true);
    expect(await page.getByLabel('자동 입력 방지 문자').inputValue()).toBe('');
    expect(await page.getByLabel('이름').inputValue()).toBe('홍길동');
    await page.screenshot({ path: `${SHOTS}/wrong.png` });

    await fill(second.answer);
    await submit();
    await page.waitForURL('**/welcome.html*');
  });

  it('keeps the picture where Hangul was typed, and names the 한/영 key', async () => {
    await openWithPicture();
    const before = await newestKey();
    await fill('한글');
    await submit();

    await captchaError().getByText('한/영').waitFor();
    expect((await newestKey()).key).toBe(before.key);
    await page.screenshot({ path: `${SHOTS}/hangul.png` });
  });

  it('shows another picture on request', async () => {
    await openWithPicture();
    const before = await newestKey();
    await page.getByRole('button', { name: '새로고침' }).click();
    await page.waitForFunction(() => document.querySelector<HTMLImageElement>('#picture')?.complete === true);
    await page.waitForFunction(() => !document.querySelector<HTMLButtonElement>('#refresh')?.disabled);

    expect((await newestKey()).key).not.toBe(before.key);
    expect(await pictureIsShown()).toBe(true);
  });

  it('says in place what is missing, without asking the server', async () => {
    await openWithPicture();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await submit();

    for (const id of ['name', 'email', 'password', 'captchaValue']) {
      expect(await page.locator(`#${id}-error`).textContent()).not.toBe('');
    }
    expect(requests).toEqual([]);
    await page.screenshot({ path: `${SHOTS}/missing.png` });
  });

  it('says what the server finds wrong with another field, and shows a new picture', async () => {
    await openWithPicture();
    await fill((await newestKey()).answer);
    // An address that the browser takes and class-validator does not.
    await page.getByLabel('이메일').fill('hong@localhost');
    await submit();

    await page.locator('#email-error').getByText('이메일 주소를 확인해 주세요.').waitFor();
    expect(await pictureIsShown()).toBe(true);
  });

  it('says that the server cannot be reached', async () => {
    await openWithPicture();
    await fill('ABCDE');
    await context.setOffline(true);
    await submit();

    await page.locator('#form-error').getByText('서버에 연결할 수 없습니다').waitFor();
    await page.screenshot({ path: `${SHOTS}/offline.png` });
  });

  it('says that the picture did not load', async () => {
    await page.route('**/captcha/media*', (route) => route.abort());
    await page.goto(demo.url);

    await captchaError().getByText('그림을 불러오지 못했습니다').waitFor();
    await page.screenshot({ path: `${SHOTS}/no-picture.png` });
  });

  it('fits a small phone, also in the dark', async () => {
    await page.setViewportSize({ width: 320, height: 780 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await openWithPicture();

    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.screenshot({ path: `${SHOTS}/phone-dark.png` });
  });
});
