import type {} from 'naver-captcha-widget';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';

import type { Adapter } from '../../support/app.ts';
import { startBrowser } from '../../support/browser.ts';
import { type RunningDemo, startDemo } from '../../support/demo.ts';

export interface EmulatorKey {
  readonly key: string;
  readonly kind: string;
  readonly answer: string;
}

/** Opens a browser per file, and a demo per test, because an address gets ten challenges a minute. */
export class DemoPage {
  demo!: RunningDemo;
  context!: BrowserContext;
  page!: Page;
  #browser!: Browser;
  #mistakes: string[] = [];

  /** Starts and stops with the tests of the block that calls it. */
  static install(adapter: Adapter, options: BrowserContextOptions = {}): DemoPage {
    const site = new DemoPage();
    let next: Promise<RunningDemo> | undefined;
    const start = (): Promise<RunningDemo> => startDemo({ DEMO_ADAPTER: adapter });
    beforeAll(async () => {
      site.#browser = await startBrowser();
    });
    beforeEach(async () => {
      site.demo = await (next ?? start());
      // The next demo starts while this test runs.
      next = start();
      site.#mistakes = [];
      await site.open(options);
    });
    afterEach(async () => {
      await site.context.close();
      await site.demo[Symbol.asyncDispose]();
      expect(site.#mistakes).toEqual([]);
    });
    afterAll(async () => {
      await (await next)?.[Symbol.asyncDispose]();
      await site.#browser.close();
    });
    return site;
  }

  /** A second browser context, beside the context that each test starts with. */
  async open(options: BrowserContextOptions): Promise<void> {
    await this.#contextEnd();
    this.context = await this.#browser.newContext({
      locale: 'ko-KR',
      viewport: { width: 1024, height: 860 },
      ...options,
    });
    this.context.on('page', (page) => {
      page.on('pageerror', (error) => this.#mistakes.push(error.message));
      page.on('console', (message) => {
        if (/Content Security Policy|Trusted/i.test(message.text())) this.#mistakes.push(message.text());
      });
    });
    this.page = await this.context.newPage();
  }

  #opened = false;

  async #contextEnd(): Promise<void> {
    if (this.#opened) await this.context.close();
    this.#opened = true;
  }

  async goto(path: string, page = this.page): Promise<void> {
    await page.goto(`${this.demo.url}${path}`);
    await page.locator('#emulator').waitFor();
  }

  captcha(page = this.page): Locator {
    return page.getByLabel('자동 입력 방지 문자', { exact: true });
  }

  part(name: string, page = this.page): Locator {
    return page.locator(`naver-captcha [part~="${name}"]`);
  }

  async untilMessage(text: string): Promise<void> {
    await this.part('message').filter({ hasText: text }).waitFor();
  }

  /** Resolves to the key in the page when it differs from this key. */
  async keyAfter(before: string, page = this.page): Promise<string> {
    await page.waitForFunction(
      (old) => ![old, '', undefined].includes(document.querySelector('naver-captcha')?.key),
      before,
    );
    return page.evaluate(() => document.querySelector('naver-captcha')?.key ?? '');
  }

  /** The newest key in the emulator's list. */
  async newest(): Promise<EmulatorKey> {
    const list = (await (await fetch(`${this.demo.emulatorUrl}/__emulator/keys`)).json()) as EmulatorKey[];
    const [newest] = list;
    if (newest === undefined) throw new Error('The emulator has no key.');
    return newest;
  }

  /** Fills in a sign-up; resolves to the answer when the picture is shown. */
  async fillSignup(page = this.page): Promise<string> {
    await page.getByLabel('이름').fill('홍길동');
    await page.getByLabel('이메일').fill('hong@example.com');
    await page.getByLabel('비밀번호').fill('correct horse');
    await this.part('picture', page).waitFor();
    return (await this.newest()).answer;
  }

  signUp(page = this.page): Promise<void> {
    return page.getByRole('button', { name: '가입하기' }).click();
  }

  /** Submits once; resolves when the page has handled the reply. */
  async logIn(password: string): Promise<void> {
    await this.page.getByLabel('이메일').fill('demo@example.com');
    await this.page.getByLabel('비밀번호').fill(password);
    const replied = this.page.waitForResponse((reply) => reply.url().endsWith('/login'));
    await this.page.getByRole('button', { name: '로그인' }).click();
    await (await replied).finished();
    await this.page.locator('[type=submit][aria-disabled=false]').waitFor();
  }

  async logInWronglyFiveTimes(): Promise<void> {
    for (let time = 1; time <= 5; time += 1) {
      expect(await this.page.locator('naver-captcha').count()).toBe(0);
      await this.logIn(`wrong password ${time}`);
    }
    await this.part('picture').waitFor();
  }

  formError(): Promise<string | null> {
    return this.page.locator('#form-error').textContent();
  }
}
