import { describe, expect, it } from '@jest/globals';

import { ADAPTERS, postJson } from '../support/app.ts';
import { DemoPage } from './support/demo-page.ts';

describe.each(ADAPTERS)('the demo’s log-in page on %s', (adapter) => {
  const site = DemoPage.install(adapter);
  const password = 'correct horse';

  it('accepts the password it shows, without a captcha', async () => {
    await site.goto('/login.html');
    const shown = await site.page.locator('dd').allTextContents();
    expect(shown).toEqual(['demo@example.com', password]);
    await site.logIn('wrong');
    expect(await site.formError()).toBe('이메일이나 비밀번호가 올바르지 않습니다.');

    await site.page.getByLabel('비밀번호').fill(password);
    await site.page.getByRole('button', { name: '로그인' }).click();
    await site.page.waitForURL('**/account.html');
    expect(await (await fetch(`${site.demo.emulatorUrl}/__emulator/keys`)).json()).toEqual([]);
  });

  it('asks for a captcha after five wrong passwords, and takes both', async () => {
    await site.goto('/login.html');
    await site.logInWronglyFiveTimes();
    expect(await site.formError()).toBe('이메일이나 비밀번호가 올바르지 않습니다.');

    await site.captcha().fill((await site.newest()).answer);
    await site.page.getByLabel('비밀번호').fill(password);
    await site.page.getByRole('button', { name: '로그인' }).click();
    await site.page.waitForURL('**/account.html');
  });

  it('makes the browser known to the account', async () => {
    await site.goto('/login.html');
    await site.page.getByLabel('이메일').fill('demo@example.com');
    await site.page.getByLabel('비밀번호').fill(password);
    await site.page.getByRole('button', { name: '로그인' }).click();
    await site.page.waitForURL('**/account.html');

    const names = (await site.page.context().cookies()).map(({ name }) => name);
    expect(names).toEqual([expect.stringMatching(/^__Host-captcha-/)]);
  });

  it('shows a new captcha where the captcha was right and the password wrong', async () => {
    await site.goto('/login.html');
    await site.logInWronglyFiveTimes();
    const before = await site.keyAfter('');
    await site.captcha().fill((await site.newest()).answer);
    await site.logIn('wrong again');

    expect(await site.formError()).toBe('이메일이나 비밀번호가 올바르지 않습니다.');
    await site.keyAfter(before);
    await site.part('picture').waitFor();
  });

  it('says that the captcha was wrong where it was, whatever the password', async () => {
    await site.goto('/login.html');
    await site.logInWronglyFiveTimes();
    await site.captcha().fill('WRONG');
    await site.logIn(password);

    await site.untilMessage('올바르지 않습니다');
    expect(await site.formError()).toBe('');
  });

  it('remembers the address: a page opened anew asks at the next try', async () => {
    await site.goto('/login.html');
    await site.logInWronglyFiveTimes();
    await site.goto('/login.html');
    expect(await site.page.locator('naver-captcha').count()).toBe(0);
    await site.logIn(password);

    expect(await site.formError()).toContain('자동 입력 방지 문자도 입력해 주세요');
    await site.part('picture').waitFor();
    await site.captcha().fill((await site.newest()).answer);
    await site.page.getByRole('button', { name: '로그인' }).click();
    await site.page.waitForURL('**/account.html');
  });

  it('says in place what is missing', async () => {
    await site.goto('/login.html');
    await site.page.getByRole('button', { name: '로그인' }).click();

    expect(await site.page.locator('#email-error').textContent()).not.toBe('');
    expect(await site.page.locator('#password-error').textContent()).not.toBe('');
  });

  it.each([
    ['nothing', undefined],
    ['no object', 'text'],
    ['a list', []],
    ['objects', { email: {}, password: [] }],
    ['the account in other letters', { email: ' DEMO@example.com ', password: 'x' }],
  ])('refuses %s with a 401', async (_, body) => {
    const { status } = await postJson(`${site.demo.url}/login`, body ?? {});
    // A parser may refuse a body that is not an object before the guard runs.
    expect([400, 401]).toContain(status);
  });
});
