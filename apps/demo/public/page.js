export const OFFLINE = '서버에 연결할 수 없습니다. 인터넷 연결을 확인하고 다시 시도해 주세요.';

/** Posts JSON. The body is empty if the reply is not JSON, because an error page has no text to show. */
export async function post(url, data) {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(data),
  });
  const body = await reply.json().catch(() => ({}));
  return { reply, body };
}

/** Shows the text under the field with this id; with the id `form`, under the whole form. */
export function say(form, id, text) {
  form.querySelector(`#${id}-error`).textContent = text;
  form.querySelector(`#${id}`)?.setAttribute('aria-invalid', String(text !== ''));
}

/** Shows the results of the browser's checks under the fields, and puts the focus on the first mistake. */
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

/** Shows the mistakes that the server found, by field. */
export function tellMistakes(form, texts) {
  for (const [id, [text]] of Object.entries(texts)) {
    if (form.elements.namedItem(id)) say(form, id, text);
  }
  form.querySelector('[aria-invalid="true"]')?.focus();
}

/** Runs one submission at a time, and shows a sentence if the server cannot be reached. */
export function onSubmit(form, work) {
  const button = form.querySelector('[type=submit]');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.ariaDisabled === 'true') return;
    // `disabled` would take the focus from the button.
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

/** Shows the note about the emulator; resolves to the emulator's address, or null if NAVER is used. */
export async function showEmulator() {
  const { emulator } = await (await fetch('/about')).json();
  if (emulator) {
    const note = document.querySelector('#emulator');
    note.querySelector('a').href = emulator;
    note.hidden = false;
  }
  return emulator;
}
