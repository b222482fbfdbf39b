import { describe, expect, it } from '@jest/globals';

import { startDemo, type TestedDemo } from './support/start-demo.ts';

const ACCOUNT = { email: 'demo@example.com', password: 'correct horse' };

async function mistype(demo: TestedDemo, times: number): Promise<void> {
  for (let time = 1; time <= times; time += 1) {
    expect((await demo.post('/login', { ...ACCOUNT, password: 'wrong' })).status).toBe(401);
  }
}

describe('log-in', () => {
  it('asks for no captcha as long as few passwords are wrong', async () => {
    await using demo = await startDemo();
    await mistype(demo, 4);

    const reply = await demo.post('/login', ACCOUNT);

    expect([reply.status, reply.headers.get('location')]).toEqual([303, '/account.html']);
    expect(demo.captcha.verifications).toEqual([]);
  });

  it('asks for one after five, which alone is no way in', async () => {
    await using demo = await startDemo();
    const { captcha } = demo;
    await mistype(demo, 5);

    expect(await (await demo.post('/login', ACCOUNT)).json()).toMatchObject({ code: 'CAPTCHA_MISSING' });
    const guessed = await demo.post('/login', { ...ACCOUNT, password: 'wrong', ...captcha.answer });
    expect(guessed.status).toBe(401);
    captcha.failNext('CAPTCHA_WRONG');
    const misread = await demo.post('/login', { ...ACCOUNT, ...captcha.answer });
    expect(await misread.json()).toMatchObject({ code: 'CAPTCHA_WRONG' });
    expect((await demo.post('/login', { ...ACCOUNT, ...captcha.answer })).status).toBe(303);
    expect(captcha.verifications.map(({ action }) => action)).toEqual(['login', 'login', 'login']);
  });

  it('forgets the wrong passwords with reset()', async () => {
    await using demo = await startDemo();
    await mistype(demo, 5);
    demo.captcha.reset();

    expect((await demo.post('/login', ACCOUNT)).status).toBe(303);
  });
});
