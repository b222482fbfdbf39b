import { findsMistakes, onSubmit, post, say, tellMistakes } from './page.js';

const form = document.querySelector('form');
const captcha = document.querySelector('naver-captcha');
const comments = document.querySelector('#comments');

onSubmit(form, async () => {
  if (findsMistakes(form, { comment: '댓글을 입력해 주세요.' })) return;
  const { reply, body } = await post('/comment', Object.fromEntries(new FormData(form)));
  if (reply.ok) {
    const item = document.createElement('li');
    item.textContent = body.comment;
    comments.prepend(item);
    form.reset();
  } else if (typeof body.message === 'object') {
    // `validate` refused the form before the captcha was used up, so the same answer can be sent again.
    tellMistakes(form, body.message);
  } else {
    captcha.reportRejection(body.code);
    if (!body.code) say(form, 'form', '댓글을 등록하지 못했습니다. 잠시 후 다시 시도해 주세요.');
  }
});
