import { describe, expect, it } from '@jest/globals';

import { WIDGET, WidgetPage } from './support/widget-page.ts';

const widget = WidgetPage.install();

const REPORT = `
const log = (window.log = []);
document.querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault();
  log.push('submit ' + (event.submitter?.id ?? 'none'));
});
for (const button of document.querySelectorAll('[id]')) button.addEventListener('click', () => log.push('click ' + button.id));
`;

/** Presses Enter in a field with this name in a form, and returns what happened. */
async function pressEnter(body: string, field: 'captcha' | 'native', script = ''): Promise<string[]> {
  await widget.open({
    body: body.replace('FIELD', field === 'captcha' ? WIDGET : '<input aria-label="문자" value="x">'),
    script: REPORT + script,
  });
  const input = field === 'captcha' ? widget.field : widget.page.getByLabel('문자');
  await input.focus();
  if (field === 'captcha') await widget.until('image-1');
  await input.fill('ab12');
  await input.press('Enter');
  // Whatever Enter starts happens before a key that is pressed later.
  await input.press('End');
  return widget.page.evaluate(() => (window as unknown as { log: string[] }).log);
}

describe('18: Enter in the field of the tag does what it does in a field of the form', () => {
  it.each<[string, string, string, string[]]>([
    [
      'an image button',
      '<form>FIELD<input type="image" id="a" alt="보내기"><button id="b">B</button></form>',
      '',
      ['click a', 'submit a'],
    ],
    [
      'an image button whose handler returns false',
      '<form>FIELD<input type="image" id="a" alt="보내기"></form>',
      "document.querySelector('#a').onclick = () => false;",
      ['click a'],
    ],
    [
      'a button with an empty type',
      '<form>FIELD<button type="" id="a">A</button><button id="b">B</button></form>',
      '',
      ['click a', 'submit a'],
    ],
    [
      'a button with an unknown type',
      '<form>FIELD<button type="send" id="a">A</button></form>',
      '',
      ['click a', 'submit a'],
    ],
    [
      'no other button before the first submit button',
      '<form>FIELD<button type="button" id="a">A</button><button type="reset" id="b">B</button><input type="submit" id="c"></form>',
      '',
      ['click c', 'submit c'],
    ],
    [
      'a button elsewhere on the page',
      '<button form="f" id="a">A</button><form id="f">FIELD<button id="b">B</button></form>',
      '',
      ['click a', 'submit a'],
    ],
    [
      'a disabled image button',
      '<form>FIELD<input type="image" disabled id="a" alt="보내기"></form>',
      '',
      [],
    ],
    [
      'a disabled button before another',
      '<form>FIELD<button disabled id="a">A</button><button id="b">B</button></form>',
      '',
      [],
    ],
    [
      'a button of a disabled fieldset',
      '<form>FIELD<fieldset disabled><button id="a">A</button></fieldset></form>',
      '',
      [],
    ],
    [
      'no button',
      '<form>FIELD<input type="checkbox"><input type="hidden" name="h"></form>',
      '',
      ['submit none'],
    ],
    ['no button and a second text field', '<form>FIELD<input type="email" aria-label="메일"></form>', '', []],
    [
      'a page that prevents keydown',
      '<form>FIELD<button id="a">A</button></form>',
      "document.querySelector('form').addEventListener('keydown', (event) => { if (event.key === 'Enter') event.preventDefault(); });",
      [],
    ],
    [
      'a page that prevents keypress',
      '<form>FIELD<button id="a">A</button></form>',
      "addEventListener('keypress', (event) => { event.preventDefault(); });",
      [],
    ],
  ])('%s', async (_, body, script, happened) => {
    expect(await pressEnter(body, 'native', script)).toEqual(happened);
    expect(await pressEnter(body, 'captcha', script)).toEqual(happened);
  });
});

describe('19: fields that are named like the methods of a form', () => {
  it.each([
    'addEventListener',
    'matches',
    'submit',
    'elements',
    'id',
    'requestSubmit',
    'querySelectorAll',
    'getRootNode',
    'removeEventListener',
    'name',
    'action',
    'method',
    'nodeType',
    'contains',
    'append',
  ])('%s', async (name) => {
    await widget.open({
      form: `<input aria-label="다른" name="${name}" value="1">${WIDGET}`,
    });
    await widget.page.getByLabel('다른').focus();
    await widget.until('image-1');
    await widget.field.fill('ab12');
    await widget.field.press('Enter');
    await widget.page.waitForURL('**/submit');
    expect(widget.site.submissions).toEqual([
      {
        name: '홍길동',
        [name]: '1',
        captchaKey: 'image-1',
        captchaValue: 'ab12',
        ...(name === 'name' && { name: '1' }),
      },
    ]);
  });

  it('submits a form without a button, with a field named requestSubmit', async () => {
    await widget.open({
      body: `<form action="/submit" method="post"><input type="hidden" name="requestSubmit" value="1">${WIDGET}</form>`,
    });
    await widget.field.focus();
    await widget.until('image-1');
    await widget.field.fill('ab12');
    await widget.field.press('Enter');
    await widget.page.waitForURL('**/submit');
    expect(widget.site.submissions).toHaveLength(1);
  });
});
