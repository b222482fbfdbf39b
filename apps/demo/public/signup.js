const form = document.querySelector('form');
const picture = document.querySelector('#picture');
const answer = document.querySelector('#captchaValue');
const submit = document.querySelector('#submit');
const refresh = document.querySelector('#refresh');

const OFFLINE = '서버에 연결할 수 없습니다. 인터넷 연결을 확인하고 다시 시도해 주세요.';
const NO_PICTURE = '그림을 불러오지 못했습니다. 새로고침을 눌러 주세요.';
/** After these the same picture can still be answered. */
const SAME_PICTURE = ['CAPTCHA_MISSING', 'CAPTCHA_MALFORMED'];

let captchaKey = '';

function say(id, text) {
  document.querySelector(`#${id}-error`).textContent = text;
  const input = form.elements.namedItem(id);
  if (input) input.setAttribute('aria-invalid', String(text !== ''));
}

function sayNothing() {
  for (const id of ['name', 'email', 'password', 'captchaValue', 'form']) say(id, '');
}

async function post(url, body) {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { ok: reply.ok, body: await reply.json().catch(() => ({})) };
}

async function showNewPicture() {
  refresh.disabled = true;
  picture.removeAttribute('src');
  answer.value = '';
  captchaKey = '';
  try {
    const { ok, body } = await post('/captcha', {});
    if (!ok) {
      say('captchaValue', body.message ?? NO_PICTURE);
      return;
    }
    captchaKey = body.key;
    picture.src = `/captcha/media?${new URLSearchParams({ key: captchaKey })}`;
  } catch {
    say('captchaValue', OFFLINE);
  } finally {
    refresh.disabled = false;
  }
}

/** The browser's own checks, said in place. */
function findMistakes() {
  for (const [id, text] of [
    ['name', '이름을 입력해 주세요.'],
    ['email', '이메일 주소를 확인해 주세요.'],
    ['password', '비밀번호는 8자 이상으로 정해 주세요.'],
    ['captchaValue', '자동 입력 방지 문자를 입력해 주세요.'],
  ]) {
    if (!form.elements.namedItem(id).validity.valid) say(id, text);
  }
  return form.querySelector('[aria-invalid="true"]');
}

async function explain(body) {
  if (typeof body.code === 'string' && body.code.startsWith('CAPTCHA_')) {
    if (!SAME_PICTURE.includes(body.code)) await showNewPicture();
    say('captchaValue', body.message);
    answer.focus();
    return;
  }
  // The captcha was right and is spent; another field was not.
  await showNewPicture();
  if (typeof body.message === 'object' && body.message !== null) {
    for (const [id, texts] of Object.entries(body.message)) {
      if (form.elements.namedItem(id)) say(id, texts[0]);
    }
    form.querySelector('[aria-invalid="true"]')?.focus();
  } else {
    say('form', '가입하지 못했습니다. 잠시 후 다시 시도해 주세요.');
  }
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (submit.disabled) return;
  sayNothing();
  const mistake = findMistakes();
  if (mistake) {
    mistake.focus();
    return;
  }
  submit.disabled = true;
  try {
    const { ok, body } = await post('/signup', { ...Object.fromEntries(new FormData(form)), captchaKey });
    if (ok) location.assign(`/welcome.html?${new URLSearchParams({ name: body.name })}`);
    else await explain(body);
  } catch {
    say('form', OFFLINE);
  } finally {
    submit.disabled = false;
  }
});

picture.addEventListener('error', () => say('captchaValue', NO_PICTURE));
refresh.addEventListener('click', async () => {
  say('captchaValue', '');
  await showNewPicture();
  answer.focus();
});

const { emulator } = await (await fetch('/about')).json();
if (emulator) {
  document.querySelector('#emulator-link').href = emulator;
  document.querySelector('#emulator').hidden = false;
}
await showNewPicture();
