import { once } from 'node:events';

import { describe, expect, it } from '@jest/globals';

import { ADAPTERS, postJson } from '../support/app.ts';
import { until } from '../support/redis.ts';
import { DemoPage } from './support/demo-page.ts';

describe.each(ADAPTERS)('the demo’s live page on %s', (adapter) => {
  const site = DemoPage.install(adapter);
  const said = (page = site.page) => page.locator('.what').allTextContents();

  /** Reads the stream until it holds the text. */
  async function streamUntil(text: string): Promise<string> {
    const aborter = new AbortController();
    const reply = await fetch(`${site.demo.url}/live/events`, { signal: aborter.signal });
    let seen = '';
    for await (const chunk of reply.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      seen += chunk;
      if (seen.includes(text)) break;
    }
    aborter.abort();
    return seen;
  }

  it('shows the calls of a sign-up in another tab, as they happen', async () => {
    await site.goto('/live.html');
    await site.page.locator('#link').filter({ hasText: '연결됨' }).waitFor();
    const other = await site.context.newPage();
    await site.goto('/', other);
    const answer = await site.fillSignup(other);
    await site.page.locator('.what').filter({ hasText: '그림 가져오기' }).waitFor();
    expect(await said()).toEqual(['키 발급', '봉인한 키', '그림 가져오기']);

    const key = await site.keyAfter('', other);
    await site.captcha(other).fill(answer);
    await site.signUp(other);
    await site.page.locator('.step.good').waitFor();
    expect((await said()).slice(3)).toEqual(['답 비교', '통과']);
    expect(await site.page.locator('#calls').textContent()).toBe('3');

    const stream = await streamUntil('"verdict"');
    for (const secret of [answer, key, 'emulator-client-secret', (await site.newest()).key]) {
      expect(stream).not.toContain(secret);
    }
    expect(stream).not.toMatch(/hong|홍길동|127\.0\.0\.1|::1/);
  });

  it('lets one try it on the page itself, wrong and right', async () => {
    await site.goto('/live.html');
    await site.captcha().focus();
    const before = await site.keyAfter('');
    await site.captcha().fill('WRONG');
    await site.page.getByRole('button', { name: '확인' }).click();
    await site.untilMessage('올바르지 않습니다');
    await site.page.locator('.what').filter({ hasText: '거절 · 틀린 답' }).waitFor();

    await site.keyAfter(before);
    await site.captcha().fill((await site.newest()).answer);
    await site.page.getByRole('button', { name: '확인' }).click();
    await site.page.locator('.outcome.good').waitFor();
    await site.page.locator('.step.good').waitFor();
  });

  it('shows that a forged key never gets as far as NAVER', async () => {
    await site.goto('/live.html');
    await site.page.getByRole('button', { name: '가짜 키 보내기' }).click();
    await site.page.locator('.step.bad').waitFor();

    expect(await said()).toEqual(['거절 · 위조된 키']);
    expect(await site.page.locator('.detail').textContent()).toContain('에뮬레이터에 묻지 않음');
    expect(await site.page.locator('#calls').textContent()).toBe('0');
    await site.page.getByRole('button', { name: '지우기' }).click();
    await site.page.locator('#empty').waitFor();
  });

  it('shows the latest fifty earlier calls to a page that opens later', async () => {
    for (let time = 0; time < 60; time += 1) {
      await postJson(`${site.demo.url}/live/try`, { captchaKey: 'A'.repeat(91), captchaValue: 'ABCDE' });
    }
    await site.goto('/live.html');
    await site.page.locator('.step').nth(49).waitFor();

    expect(await site.page.locator('.step').count()).toBe(50);
  });

  it('says that the answer is missing, and that the server cannot be reached', async () => {
    await site.goto('/live.html');
    await site.captcha().focus();
    await site.part('picture').waitFor();
    await site.page.getByRole('button', { name: '확인' }).click();
    await site.untilMessage('입력해 주세요');

    await site.context.setOffline(true);
    await site.page.getByRole('button', { name: '가짜 키 보내기' }).click();
    await site.page.locator('#forged').filter({ hasText: '서버에 연결할 수 없습니다' }).waitFor();
  });

  it('serves a hundred listeners and no more, takes the next when one has left, and ends with the process', async () => {
    const url = `${site.demo.url}/live/events`;
    const aborters = Array.from({ length: 100 }, () => new AbortController());
    const replies = await Promise.all(aborters.map(({ signal }) => fetch(url, { signal })));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));

    const refused = await fetch(url);
    expect(refused.status).toBe(503);
    await refused.text();
    for (const aborter of aborters.slice(0, 50)) aborter.abort();
    await until(async () => {
      const reply = await fetch(url);
      await reply.body?.cancel();
      return reply.status === 200;
    });

    site.demo.process.kill('SIGTERM');
    const [code] = (await once(site.demo.process, 'close')) as [number | null];
    expect(code).toBe(0);
  });
});
