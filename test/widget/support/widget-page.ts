import type {} from 'naver-captcha-widget';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';

import { startBrowser } from '../../support/browser.ts';
import { CaptchaServer } from './captcha-server.ts';

export interface PageSetup {
  /** The content of the form. */
  readonly form?: string;
  /** The content of the body, instead of the form. */
  readonly body?: string;
  readonly lang?: string;
  readonly script?: string;
  /** Elements for the head, such as classic scripts. */
  readonly head?: string;
  readonly css?: string;
  readonly context?: BrowserContextOptions;
  /** Installs a clock that the test moves. */
  readonly clock?: boolean;
}

export const WIDGET = '<naver-captcha src="/captcha" required></naver-captcha>';

const CSS = `
:root { color-scheme: light dark; font-family: 'NanumGothic', 'Noto Sans KR', system-ui, sans-serif; }
body { margin: 0; padding: 16px; }
form { max-width: 27rem; }
`;

/** Sends the form with `fetch` and reports a refusal to the element. */
export const FETCH_SCRIPT = `
document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const reply = await fetch('/submit', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(new FormData(event.target))),
  });
  const { code } = await reply.json();
  document.title = code ?? 'sent';
  if (code) document.querySelector('naver-captcha').reportRejection(code);
});
`;

/** Opens a browser and a site per file, and a page per test. */
export class WidgetPage {
  site!: CaptchaServer;
  page!: Page;
  #browser!: Browser;
  #context: BrowserContext | undefined;
  #mistakes: string[] = [];

  /** Starts and stops with the tests of the file that calls it. */
  static install(): WidgetPage {
    const widget = new WidgetPage();
    beforeAll(async () => {
      widget.#browser = await startBrowser();
    });
    beforeEach(async () => {
      widget.site = await CaptchaServer.start();
      widget.#mistakes = [];
    });
    afterEach(async () => {
      await widget.#context?.close();
      widget.#context = undefined;
      await widget.site[Symbol.asyncDispose]();
      expect(widget.#mistakes).toEqual([]);
    });
    afterAll(async () => {
      await widget.#browser.close();
    });
    return widget;
  }

  async open({
    form = WIDGET,
    body,
    lang = 'ko',
    script = '',
    head = '',
    css = '',
    context,
    clock,
  }: PageSetup = {}): Promise<void> {
    this.site.page = {
      html: `<!doctype html><html lang="${lang}"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1"><title>회원가입</title>
        <link rel="icon" href="/favicon.ico"><link rel="stylesheet" href="/page.css">${head}
        <script type="module" src="/widget.js"></script><script type="module" src="/page.js"></script></head>
        <body><main><h1>회원가입</h1>${
          body ??
          `<form action="/submit" method="post"><p><label>이름 <input name="name" value="홍길동"></label></p>
          ${form}<p><button>가입하기</button></p></form>`
        }</main></body></html>`,
      script: `window.heard = [];
        for (const name of ['captcha-ready', 'captcha-error', 'captcha-expired']) {
          document.addEventListener(name, ({ type, detail }) => window.heard.push([type, detail]));
        }\n${script}`,
      css: CSS + css,
    };
    await this.#context?.close();
    this.#context = await this.#browser.newContext({ locale: 'ko-KR', ...context });
    this.page = await this.#context.newPage();
    this.page.on('pageerror', (error) => this.#mistakes.push(error.message));
    this.page.on('console', (message) => {
      if (/Content Security Policy|Trusted/i.test(message.text())) this.#mistakes.push(message.text());
    });
    if (clock === true) await this.page.clock.install();
    await this.page.goto(this.site.url);
    await this.page.waitForFunction(
      () => 'heard' in window && customElements.get('naver-captcha') !== undefined,
    );
  }

  get name(): Locator {
    return this.page.getByLabel('이름');
  }

  get field(): Locator {
    return this.part('input');
  }

  get refresh(): Locator {
    return this.part('refresh');
  }

  get toggle(): Locator {
    return this.part('switch');
  }

  get submit(): Locator {
    return this.page.getByRole('button', { name: '가입하기' });
  }

  part(name: string): Locator {
    return this.page.locator(`naver-captcha [part~="${name}"]`);
  }

  /** The sentence under the field. */
  async message(): Promise<string | null> {
    return this.part('message').textContent();
  }

  async status(): Promise<string | null> {
    return this.page.locator('naver-captcha [role=status]').textContent();
  }

  key(): Promise<string> {
    return this.page.evaluate(() => document.querySelector('naver-captcha')?.key ?? '');
  }

  /** Resolves when the element has a challenge with this key. */
  async until(key: string): Promise<void> {
    await this.page.waitForFunction(
      (wanted) => [...document.querySelectorAll('naver-captcha')].some((element) => element.key === wanted),
      key,
    );
  }

  async untilMessage(text: string): Promise<void> {
    await this.part('message')
      .getByText(text)
      .or(this.part('message').filter({ hasText: text }))
      .first()
      .waitFor();
  }

  /** The events with their details, oldest first. */
  heard(): Promise<[string, Record<string, unknown>][]> {
    return this.page.evaluate(
      () => (window as unknown as { heard: [string, Record<string, unknown>][] }).heard,
    );
  }

  /** The entries that the form would send now. */
  entries(): Promise<Record<string, unknown>> {
    return this.page.evaluate(() =>
      Object.fromEntries(new FormData(document.querySelector('form') ?? undefined)),
    );
  }

  /** A fingerprint of what the canvas shows; empty if there is no picture. */
  picture(): Promise<string> {
    return this.part('picture').evaluate((canvas) => {
      if (!(canvas instanceof HTMLCanvasElement) || canvas.hidden) return '';
      return `${canvas.width}x${canvas.height} ${canvas.toDataURL().length}`;
    });
  }
}
