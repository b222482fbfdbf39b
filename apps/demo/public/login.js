import { findsMistakes, onSubmit, post, say, showEmulator } from './page.js';

const form = document.querySelector('form');
const place = document.querySelector('#captcha');
const template = document.querySelector('template');

function showCaptcha() {
  place.replaceChildren(template.content.cloneNode(true));
}

onSubmit(form, async () => {
  const mistaken = findsMistakes(form, {
    email: '이메일 주소를 확인해 주세요.',
    password: '비밀번호를 입력해 주세요.',
  });
  if (mistaken) return;
  const { reply, body } = await post('/login', Object.fromEntries(new FormData(form)));
  if (reply.ok) {
    location.assign(reply.url);
    return;
  }
  const captcha = form.querySelector('naver-captcha');
  if (captcha) captcha.reportRejection(body.code);
  else if (reply.headers.get('x-captcha-required') || body.code === 'CAPTCHA_MISSING') showCaptcha();

  if (reply.status === 401) {
    say(form, 'form', body.message);
    form.elements.namedItem('password').select();
  } else if (!captcha && body.code === 'CAPTCHA_MISSING') {
    say(form, 'form', '여러 번 틀렸습니다. 자동 입력 방지 문자도 입력해 주세요.');
    form.querySelector('naver-captcha').focus();
  } else if (!body.code) {
    say(form, 'form', '로그인하지 못했습니다. 잠시 후 다시 시도해 주세요.');
  }
});

await showEmulator();
