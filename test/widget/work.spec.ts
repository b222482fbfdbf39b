import { describe, expect, it } from '@jest/globals';

import { FETCH_SCRIPT, WidgetPage } from './support/widget-page.ts';

const widget = WidgetPage.install();
const QUIET = '<naver-captcha src="/captcha" kinds="work image audio" required></naver-captcha>';

describe('the work of <naver-captcha>', () => {
  it('is done unseen, and answers the challenge', async () => {
    await widget.open({ form: QUIET });
    widget.site.givesWork = true;
    await widget.name.focus();
    await widget.until('work-1');
    expect(await widget.part('work').textContent()).toBe('확인되었습니다.');
    expect(await widget.field.isVisible()).toBe(false);
    expect(await widget.heard()).toEqual([['captcha-ready', { key: 'work-1', kind: 'work' }]]);
    await widget.submit.click();
    await widget.page.waitForURL('**/submit');
    expect(widget.site.submissions).toEqual([
      { name: '홍길동', captchaKey: 'work-1', captchaValue: widget.site.solutions.get('work-1') },
    ]);
  });

  it('pays a toll, and then shows the picture', async () => {
    await widget.open({ script: FETCH_SCRIPT });
    widget.site.tolls = 2;
    await widget.name.focus();
    await widget.until('image-3');
    expect(widget.site.asked.map(({ toll }) => toll)).toEqual([
      true,
      { key: 'toll-1', value: widget.site.solutions.get('toll-1') },
      { key: 'toll-2', value: widget.site.solutions.get('toll-2') },
    ]);
    expect(await widget.field.isVisible()).toBe(true);
  });
});
