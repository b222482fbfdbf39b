import { findsMistakes, onSubmit, post, say, showEmulator, tellMistakes } from './page.js';

const form = document.querySelector('form');
const captcha = document.querySelector('naver-captcha');

onSubmit(form, async () => {
  const mistaken = findsMistakes(form, {
    name: '이름을 입력해 주세요.',
    email: '이메일 주소를 확인해 주세요.',
    password: '비밀번호는 8자 이상으로 정해 주세요.',
  });
  if (mistaken) return;
  const { reply, body } = await post('/signup', Object.fromEntries(new FormData(form)));
  if (reply.ok) {
    location.assign(reply.url);
  } else if (typeof body.message === 'object') {
    // `validate` refused the form before the captcha was used up, so the same answer can be sent again.
    tellMistakes(form, body.message);
  } else {
    captcha.reportRejection(body.code);
    if (!body.code) say(form, 'form', '가입하지 못했습니다. 잠시 후 다시 시도해 주세요.');
  }
});

await showEmulator();
