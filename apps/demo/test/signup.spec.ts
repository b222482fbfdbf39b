import { describe, expect, it } from '@jest/globals';

import { startDemo } from './support/start-demo.ts';

const FORM = { name: '홍길동', email: 'hong@example.com', password: 'correct horse' };

describe.each(['express', 'fastify'] as const)('sign-up on %s', (adapter) => {
  it('welcomes whoever solves the captcha', async () => {
    await using demo = await startDemo(adapter);
    const { captcha } = demo;

    const reply = await demo.post('/signup', { ...FORM, ...captcha.answer });

    expect(reply.status).toBe(303);
    expect(reply.headers.get('location')).toBe('/welcome.html?name=%ED%99%8D%EA%B8%B8%EB%8F%99');
    expect(captcha.verifications).toEqual([
      { answer: { key: captcha.key, value: captcha.value }, action: 'signup' },
    ]);
  });

  it.each(['CAPTCHA_WRONG', 'CAPTCHA_EXPIRED', 'CAPTCHA_UNAVAILABLE'] as const)(
    'refuses with %s, and lets the next one in',
    async (code) => {
      await using demo = await startDemo(adapter);
      demo.captcha.failNext(code);

      const refused = await demo.post('/signup', { ...FORM, ...demo.captcha.answer });
      expect(await refused.json()).toMatchObject({ statusCode: refused.status, code });

      expect((await demo.post('/signup', { ...FORM, ...demo.captcha.answer })).status).toBe(303);
    },
  );

  it('refuses a form without a captcha', async () => {
    await using demo = await startDemo(adapter);

    expect(await (await demo.post('/signup', FORM)).json()).toMatchObject({ code: 'CAPTCHA_MISSING' });
    expect(demo.captcha.verifications).toEqual([]);
  });

  it('tells of a wrong field first', async () => {
    await using demo = await startDemo(adapter);

    const reply = await demo.post('/signup', { ...FORM, email: 'hong', ...demo.captcha.answer });

    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ message: { email: ['이메일 주소를 확인해 주세요.'] } });
  });
});
