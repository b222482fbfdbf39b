import type { NaverCaptchaEmulator } from 'naver-captcha-emulator';

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Does by HTTP what a page does for a person: asks for a challenge, shows its picture, sends what was read. */
export class Person {
  constructor(
    private readonly url: string,
    private readonly emulator: NaverCaptchaEmulator,
  ) {}

  /** The fields of a form whose captcha was read right. */
  async read(): Promise<{ captchaKey: string; captchaValue: string }> {
    const { body } = await post(`${this.url}/captcha`, { action: 'signup' });
    const { key } = body as { key: string };
    const picture = await fetch(`${this.url}/captcha/media?${new URLSearchParams({ key }).toString()}`);
    await picture.arrayBuffer();
    return { captchaKey: key, captchaValue: this.emulator.keys[0]?.answer ?? '' };
  }

  signUp(form: object): Promise<Reply> {
    return post(`${this.url}/signup`, form);
  }

  /** The status of the widget's script. */
  async widget(): Promise<number> {
    const reply = await fetch(`${this.url}/captcha/widget.js`);
    await reply.text();
    return reply.status;
  }
}

/** Posts JSON and reads JSON. */
export async function post(url: string, form: object): Promise<Reply> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(form),
  });
  return { status: reply.status, body: await reply.json() };
}
