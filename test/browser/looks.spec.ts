import { beforeEach, describe, expect, it } from '@jest/globals';

import { findBarriers } from '../widget/support/axe.ts';
import { DemoPage } from './support/demo-page.ts';

const WIDTHS = [320, 768, 1440];
const SCHEMES = ['light', 'dark'] as const;

describe('every page and state of the demo, at three widths, light and dark', () => {
  const site = DemoPage.install('express', { reducedMotion: 'reduce' });

  /** A rule that finds nothing to check passes silently, so the named rules must find something. */
  async function expectToBeShippable(checked = ['color-contrast', 'target-size', 'label']): Promise<void> {
    for (const width of WIDTHS) {
      await site.page.setViewportSize({ width, height: 800 });
      const overflow = await site.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect({ width, overflow: Math.max(0, overflow) }).toEqual({ width, overflow: 0 });
      for (const colorScheme of SCHEMES) {
        await site.page.emulateMedia({ colorScheme });
        expect({ width, colorScheme, barriers: await findBarriers(site.page, checked) }).toEqual({
          width,
          colorScheme,
          barriers: [],
        });
      }
    }
  }

  describe('sign-up', () => {
    beforeEach(() => site.goto('/'));

    it('before and after the first picture', async () => {
      await expectToBeShippable();
      await site.fillSignup();
      await expectToBeShippable();
    });

    it('with every mistake', async () => {
      await site.signUp();
      await site.part('picture').waitFor();
      await site.signUp();
      await site.untilMessage('입력해 주세요');
      await expectToBeShippable();
    });

    it('after a wrong answer', async () => {
      await site.fillSignup();
      await site.captcha().fill('WRONG');
      await site.signUp();
      await site.untilMessage('올바르지 않습니다');
      await site.part('picture').waitFor();
      await expectToBeShippable();
    });

    it('offline', async () => {
      await site.captcha().fill(await site.fillSignup());
      await site.context.setOffline(true);
      await site.signUp();
      await site.page.locator('#form-error:not(:empty)').waitFor();
      await expectToBeShippable();
    });

    it('with a sound', async () => {
      await site.fillSignup();
      await site.page.getByRole('button', { name: '음성으로 듣기' }).click();
      await site.page.getByRole('button', { name: '정지' }).click();
      await site.page.getByRole('button', { name: '재생' }).waitFor();
      await expectToBeShippable();
    });
  });

  it('log-in, before and after the captcha', async () => {
    await site.goto('/login.html');
    await expectToBeShippable();
    await site.logInWronglyFiveTimes();
    await expectToBeShippable();
  });

  it('live, empty and with every tone', async () => {
    await site.goto('/live.html');
    await site.page.locator('#link').filter({ hasText: '연결됨' }).waitFor();
    await expectToBeShippable();
    await site.captcha().focus();
    await site.part('picture').waitFor();
    await site.captcha().fill((await site.newest()).answer);
    await site.page.getByRole('button', { name: '확인' }).click();
    await site.page.locator('.outcome.good').waitFor();
    await site.page.getByRole('button', { name: '가짜 키 보내기' }).click();
    await site.page.locator('.step.bad').waitFor();
    await expectToBeShippable();
  });

  it.each(['/welcome.html?name=홍길동', '/account.html', '/no-such-page'])('%s', async (path) => {
    await site.page.goto(`${site.demo.url}${path}`);
    await expectToBeShippable(['color-contrast', 'target-size']);
  });
});
