export const OFFLINE = '서버에 연결할 수 없습니다. 인터넷 연결을 확인하고 다시 시도해 주세요.';

/** Posts JSON. What comes back that is no JSON is a page, or nothing one could show. */
export async function post(url, data) {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(data),
  });
  const body = await reply.json().catch(() => ({}));
  return { reply, body };
}

/** Says what is wrong with a field, under it; with the whole form where there is no such field. */
export function say(form, id, text) {
  form.querySelector(`#${id}-error`).textContent = text;
  form.querySelector(`#${id}`)?.setAttribute('aria-invalid', String(text !== ''));
}

/** The browser's own checks, said in place; the focus goes to the first mistake. */
export function findsMistakes(form, sentences) {
  say(form, 'form', '');
  const captcha = form.querySelector('naver-captcha');
  const captchaMistaken = captcha !== null && !captcha.checkValidity();
  if (captchaMistaken && captcha.key) {
    captcha.reportRejection(captcha.validity.patternMismatch ? 'CAPTCHA_MALFORMED' : 'CAPTCHA_MISSING');
  } else if (captchaMistaken) {
    captcha.focus();
  }
  for (const [id, sentence] of Object.entries(sentences)) {
    say(form, id, form.elements.namedItem(id).validity.valid ? '' : sentence);
  }
  const first = form.querySelector('[aria-invalid="true"]');
  first?.focus();
  return captchaMistaken || first !== null;
}

/** What the server found wrong, by field. */
export function tellMistakes(form, texts) {
  for (const [id, [text]] of Object.entries(texts)) {
    if (form.elements.namedItem(id)) say(form, id, text);
  }
  form.querySelector('[aria-invalid="true"]')?.focus();
}

/** Runs one submission at a time, and says where the server cannot be reached. */
export function onSubmit(form, work) {
  const button = form.querySelector('[type=submit]');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.ariaDisabled === 'true') return;
    // Not `disabled`, which would take the focus away.
    button.ariaDisabled = 'true';
    try {
      await work();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      say(form, 'form', OFFLINE);
    } finally {
      button.ariaDisabled = 'false';
    }
  });
}

/** Says that the emulator is there, and where; resolves to its address, or null. */
export async function showEmulator() {
  const { emulator } = await (await fetch('/about')).json();
  if (emulator) {
    const note = document.querySelector('#emulator');
    note.querySelector('a').href = emulator;
    note.hidden = false;
  }
  return emulator;
}
