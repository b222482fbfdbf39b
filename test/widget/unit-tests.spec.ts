import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';

const DOCUMENTS = {
  jsdom: `const { JSDOM, VirtualConsole } = await import('jsdom');
    const console_ = new VirtualConsole();
    console_.on('jsdomError', (error) => mistakes.push(error.message));
    const { window } = new JSDOM('<!doctype html><body></body>', { url: 'http://localhost', virtualConsole: console_ });`,
  'happy-dom': `const { Window } = await import('happy-dom');
    const window = new Window({ url: 'http://localhost' });`,
};

/** What a unit test of a page does, in a process whose globals are the window's. */
const PAGE = `
  window.addEventListener('error', (event) => mistakes.push(event.message));
  for (const name of ['window', 'document', 'customElements', 'HTMLElement', 'HTMLFormElement', 'ElementInternals', 'CSSStyleSheet', 'Element', 'EventTarget', 'Event']) {
    if (window[name] !== undefined || name === 'window') globalThis[name] = name === 'window' ? window : window[name];
  }
  globalThis.fetch = () => { mistakes.push('fetch'); return Promise.reject(new Error('no network')); };
  await import('naver-captcha-widget');
  document.body.innerHTML = '<form><input name="name"><naver-captcha src="/captcha" required loading="eager"><p slot="help">Help</p></naver-captcha><button>Send</button></form>';
  const captcha = document.querySelector('naver-captcha');
  const made = document.createElement('naver-captcha');
  captcha.messages = { label: 'Captcha' };
  captcha.headers = {};
  document.querySelector('input').focus();
  captcha.focus();
  captcha.refresh();
  captcha.setCustomValidity('no');
  captcha.reportRejection('CAPTCHA_WRONG');
  captcha.value = 'ab12';
  const result = {
    mistakes,
    key: captcha.key,
    value: captcha.value,
    kind: captcha.kind,
    valid: captcha.checkValidity() && captcha.reportValidity(),
    help: captcha.textContent,
    made: made.localName,
  };
  document.querySelector('form').reset();
  captcha.remove();
  console.log(JSON.stringify(result));
  process.exit();
`;

describe('20: unit tests of a page with the tag', () => {
  it.each(Object.entries(DOCUMENTS))('run in %s, where the tag does nothing', (_, open) => {
    const told = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', `const mistakes = []; ${open} ${PAGE}`],
      { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' },
    );
    expect(JSON.parse(told)).toEqual({
      mistakes: [],
      key: '',
      value: 'ab12',
      kind: 'image',
      valid: true,
      help: 'Help',
      made: 'naver-captcha',
    });
  });
});
