import { describe, expect, it } from '@jest/globals';

import { WidgetPage } from './support/widget-page.ts';

const widget = WidgetPage.install();

/** Records the events of the sound. */
async function listen(): Promise<void> {
  await widget.page.evaluate(() => {
    const audio = document.querySelector('naver-captcha')?.shadowRoot?.querySelector('audio');
    const told: string[] = [];
    Object.assign(window, { told });
    for (const name of ['playing', 'pause', 'ended']) audio?.addEventListener(name, () => told.push(name));
  });
}

async function untilTold(...names: string[]): Promise<void> {
  await widget.page.waitForFunction(
    (wanted) => (window as unknown as { told: string[] }).told.join() === wanted,
    names.join(),
  );
}

describe('the sound of <naver-captcha>', () => {
  it('fetches an audio challenge, plays it at once, and says when it has ended', async () => {
    await widget.open();
    await widget.field.fill('old');
    await widget.until('image-1');
    await listen();
    await widget.toggle.click();
    await widget.until('audio-2');

    expect(widget.site.asked[1]).toEqual({ kind: 'audio', key: 'audio-2', work: true, toll: true });
    expect(await widget.field.inputValue()).toBe('');
    expect(await widget.field.getAttribute('inputmode')).toBe('numeric');
    expect(await widget.toggle.getAttribute('title')).toBe('그림으로 보기');
    await untilTold('playing', 'pause', 'ended');
    await widget.page
      .locator('naver-captcha [role=status]')
      .filter({ hasText: '재생이 끝났습니다' })
      .waitFor({ state: 'attached' });
    expect(await widget.part('play').textContent()).toContain('재생');

    await widget.field.fill('4821');
    expect(await widget.entries()).toMatchObject({ captchaKey: 'audio-2', captchaValue: '4821' });
  });

  it('stops, and replays from the beginning', async () => {
    widget.site.soundSeconds = 5;
    await widget.open();
    await widget.name.focus();
    await widget.until('image-1');
    await listen();
    await widget.toggle.click();
    await untilTold('playing');
    expect(await widget.part('play').textContent()).toContain('정지');

    await widget.part('play').click();
    await untilTold('playing', 'pause');
    expect(await widget.part('play').textContent()).toContain('재생');

    await widget.part('play').click();
    await untilTold('playing', 'pause', 'playing');
    const at = await widget.page.evaluate(
      () => document.querySelector('naver-captcha')?.shadowRoot?.querySelector('audio')?.currentTime,
    );
    expect(at).toBeLessThan(2);
    expect(widget.site.asked).toHaveLength(2);
  });

  it('goes back to a picture, and the sound is over', async () => {
    widget.site.soundSeconds = 5;
    await widget.open({ clock: true });
    await widget.toggle.click();
    await widget.until('audio-1');
    await widget.page.clock.runFor(2_000);
    await widget.toggle.click();
    await widget.until('image-2');

    expect(await widget.picture()).not.toBe('');
    expect(
      await widget.page.evaluate(() => {
        const audio = document.querySelector('naver-captcha')?.shadowRoot?.querySelector('audio');
        return [audio?.paused, audio?.hasAttribute('src')];
      }),
    ).toEqual([true, false]);
  });

  it('pays for one challenge when the first thing pressed is the sound button', async () => {
    await widget.open();
    await widget.toggle.click();
    await widget.until('audio-1');
    expect(widget.site.asked).toEqual([{ kind: 'audio', key: 'audio-1', work: true, toll: true }]);
  });

  it('does not start to speak by itself', async () => {
    await widget.open({ form: '<naver-captcha kinds="audio"></naver-captcha>' });
    await listen();
    await widget.name.focus();
    await widget.until('audio-1');
    await widget.part('play').click();
    await untilTold('playing', 'pause', 'ended');
  });

  it('asks for a press where the browser does not let it play', async () => {
    await widget.open();
    await widget.page.evaluate(() => {
      HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await widget.toggle.click();
    await widget.until('audio-1');
    await widget.page.waitForFunction(() =>
      document
        .querySelector('naver-captcha')
        ?.shadowRoot?.querySelector('[role=status]')
        ?.textContent.includes('재생을 눌러'),
    );
  });

  it('says so when the sound cannot be loaded, and tries again at the next press', async () => {
    widget.site.mediaBroken = true;
    await widget.open();
    await widget.toggle.click();
    await widget.part('message').filter({ hasText: '불러오지 못했습니다' }).waitFor();
    expect((await widget.heard()).at(-1)).toMatchObject(['captcha-error', { code: 'CAPTCHA_NOT_LOADED' }]);

    widget.site.mediaBroken = false;
    await listen();
    await widget.part('play').click();
    await untilTold('playing', 'pause', 'ended');
    expect(widget.site.asked).toHaveLength(1);
  });

  it('falls silent when it is disabled or taken off the page', async () => {
    widget.site.soundSeconds = 5;
    await widget.open();
    await widget.name.focus();
    await widget.until('image-1');
    await listen();
    await widget.toggle.click();
    await untilTold('playing');
    await widget.page.evaluate(() => {
      document.querySelector('naver-captcha')?.toggleAttribute('disabled', true);
    });
    await untilTold('playing', 'pause');
  });
});
