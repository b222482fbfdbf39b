import { describe, expect, it } from '@jest/globals';

import { ADAPTERS } from '../support/app.ts';
import { DemoPage } from './support/demo-page.ts';

describe.each(ADAPTERS)('the demo’s sign-up page on %s', (adapter) => {
  const site = DemoPage.install(adapter);

  it('requests nothing before the visitor begins, and says that it runs on the emulator', async () => {
    await site.goto('/');

    expect(await site.page.locator('#emulator a').getAttribute('href')).toBe(site.demo.emulatorUrl);
    expect(await (await fetch(`${site.demo.emulatorUrl}/__emulator/keys`)).json()).toEqual([]);
  });

  it('is served under a policy that allows nothing inline and nothing from elsewhere', async () => {
    for (const path of ['/', '/login.html', '/live.html', '/welcome.html', '/captcha/widget.js', '/about']) {
      const reply = await fetch(`${site.demo.url}${path}`);
      const policy = reply.headers.get('content-security-policy') ?? '';

      expect({ path, status: reply.status }).toEqual({ path, status: 200 });
      expect(policy.split('; ')).toEqual(
        expect.arrayContaining([
          "default-src 'self'",
          "base-uri 'none'",
          "form-action 'self'",
          "frame-ancestors 'none'",
          "object-src 'none'",
        ]),
      );
    }
  });

  it('signs a person up who reads the picture', async () => {
    await site.goto('/');
    await site.captcha().fill(await site.fillSignup());
    await site.signUp();

    await site.page.waitForURL('**/welcome.html*');
    expect(await site.page.locator('h1').textContent()).toBe('가입이 완료되었습니다');
    await site.page.getByText('홍길동 님').waitFor();
  });

  it('says that an answer was wrong, shows a new picture, and takes the right answer to that', async () => {
    await site.goto('/');
    await site.fillSignup();
    const before = await site.keyAfter('');
    await site.captcha().fill('WRONG');
    await site.signUp();

    await site.untilMessage('올바르지 않습니다');
    await site.keyAfter(before);
    await site.part('picture').waitFor();
    expect(await site.captcha().inputValue()).toBe('');
    expect(await site.page.getByLabel('이름').inputValue()).toBe('홍길동');

    await site.captcha().fill((await site.newest()).answer);
    await site.signUp();
    await site.page.waitForURL('**/welcome.html*');
  });

  it('keeps the picture where Hangul was typed, and names the 한/영 key', async () => {
    await site.goto('/');
    const answer = await site.fillSignup();
    const before = await site.keyAfter('');
    await site.captcha().fill('한글');
    await site.signUp();

    await site.untilMessage('한/영');
    expect(await site.keyAfter('')).toBe(before);
    await site.captcha().fill(answer);
    await site.signUp();
    await site.page.waitForURL('**/welcome.html*');
  });

  it('shows another picture on request', async () => {
    await site.goto('/');
    await site.fillSignup();
    const before = await site.keyAfter('');
    await site.page.getByRole('button', { name: '새로고침' }).click();

    await site.keyAfter(before);
    await site.captcha().fill((await site.newest()).answer);
    await site.signUp();
    await site.page.waitForURL('**/welcome.html*');
  });

  it('plays a sound, stops it, and takes its digits', async () => {
    await site.goto('/');
    await site.fillSignup();
    await site.page.evaluate(() => {
      const audio = document.querySelector('naver-captcha')?.shadowRoot?.querySelector('audio');
      const events: string[] = [];
      Object.assign(window, { events });
      for (const name of ['playing', 'timeupdate', 'pause']) {
        audio?.addEventListener(name, () => events.push(name));
      }
    });
    const heard = (name: string) =>
      site.page.waitForFunction(
        (wanted) => (window as unknown as { events: string[] }).events.includes(wanted),
        name,
      );
    await site.page.getByRole('button', { name: '음성으로 듣기' }).click();

    await heard('playing');
    await heard('timeupdate');
    await site.page.getByRole('button', { name: '정지' }).click();
    await heard('pause');

    const { kind, answer } = await site.newest();
    expect(kind).toBe('audio');
    expect(answer).toMatch(/^\d+$/);
    await site.captcha().fill(answer);
    await site.signUp();
    await site.page.waitForURL('**/welcome.html*');
  });

  it('says in place what is missing, without sending the form', async () => {
    await site.goto('/');
    const posts: string[] = [];
    site.page.on('request', (request) => {
      if (request.method() === 'POST') posts.push(new URL(request.url()).pathname);
    });
    await site.signUp();

    for (const id of ['name', 'email', 'password']) {
      expect(await site.page.locator(`#${id}-error`).textContent()).not.toBe('');
    }
    expect(await site.page.evaluate(() => document.activeElement?.id)).toBe('name');
    await site.part('picture').waitFor();
    await site.signUp();
    await site.untilMessage('입력해 주세요');
    expect(posts).toEqual(['/captcha']);
  });

  it('says what the server finds wrong with another field, which costs no captcha', async () => {
    await site.goto('/');
    await site.captcha().fill(await site.fillSignup());
    const before = await site.keyAfter('');
    // The browser accepts this address, and class-validator refuses it.
    await site.page.getByLabel('이메일').fill('hong@localhost');
    await site.signUp();

    await site.page.locator('#email-error').filter({ hasText: '이메일 주소를 확인해 주세요.' }).waitFor();
    expect(await site.keyAfter('')).toBe(before);
    await site.page.getByLabel('이메일').fill('hong@example.com');
    await site.signUp();
    await site.page.waitForURL('**/welcome.html*');
  });

  it('says that the server cannot be reached, and goes on when it can', async () => {
    await site.goto('/');
    await site.captcha().fill(await site.fillSignup());
    await site.context.setOffline(true);
    await site.signUp();
    await site.page.locator('#form-error').filter({ hasText: '서버에 연결할 수 없습니다' }).waitFor();

    await site.context.setOffline(false);
    await site.page.getByLabel('이름').fill('홍길순');
    await site.signUp();
    await site.page.getByText('홍길순 님').waitFor();
  });

  it('says that the picture could not be loaded, and offers another try', async () => {
    await site.goto('/');
    await site.context.setOffline(true);
    await site.page.getByLabel('이름').fill('홍길동');
    await site.untilMessage('불러오지 못했습니다');

    await site.context.setOffline(false);
    await site.page.getByRole('button', { name: '다시 시도' }).click();
    await site.part('picture').waitFor();
  });

  it('keeps two tabs apart', async () => {
    await site.goto('/');
    const other = await site.context.newPage();
    await site.goto('/', other);
    const first = await site.fillSignup();
    const second = await site.fillSignup(other);

    await site.captcha(other).fill(second);
    await site.signUp(other);
    await other.waitForURL('**/welcome.html*');
    await site.captcha().fill(first);
    await site.signUp();
    await site.page.waitForURL('**/welcome.html*');
  });

  describe('where its own script does not come', () => {
    async function open(): Promise<void> {
      await site.page.route('**/signup.js', (route) => route.abort());
      await site.page.goto(site.demo.url);
      await site.page.waitForFunction(() => customElements.get('naver-captcha') !== undefined);
    }

    it('is a form that posts itself', async () => {
      await open();
      await site.captcha().fill(await site.fillSignup());
      await site.signUp();

      await site.page.waitForURL('**/welcome.html*');
      await site.page.getByText('홍길동 님').waitFor();
    });

    it('says on a page what was wrong, and Back leads to the form', async () => {
      await open();
      await site.fillSignup();
      await site.captcha().fill('WRONG');
      await site.signUp();

      await site.page.getByText('자동 입력 방지 문자가 올바르지 않습니다.').waitFor();
      expect(await site.page.title()).toContain('처리하지 못했습니다');
      await site.page.goBack();
      expect(await site.page.getByLabel('이름').inputValue()).toBe('홍길동');
    });
  });

  it('says what is needed where scripts are off, and refuses in words', async () => {
    await site.open({ javaScriptEnabled: false });
    await site.page.goto(site.demo.url);
    await site.page.locator('noscript p').waitFor();
    await site.page.getByLabel('이름').fill('홍길동');
    await site.signUp();

    await site.page.getByText('자동 입력 방지 문자를 입력해 주세요.').waitFor();
  });

  it('shows no markup from a form or an address', async () => {
    const body = new URLSearchParams({ '<img src=x onerror=alert(1)>': 'x' });
    const reply = await fetch(`${site.demo.url}/signup`, {
      method: 'POST',
      headers: { accept: 'text/html' },
      body,
    });
    expect(reply.status).toBe(400);
    expect(await reply.text()).not.toContain('<img src=x');

    await site.page.goto(`${site.demo.url}/welcome.html?name=<img src=x>`);
    await site.page.getByText('<img src=x> 님').waitFor();
    const missing = await site.page.goto(`${site.demo.url}/no-such-page`);
    expect(missing?.status()).toBe(404);
    await site.page.getByText('찾으시는 페이지가 없습니다.').waitFor();
  });
});
