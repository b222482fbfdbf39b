import type { INestApplicationContext } from '@nestjs/common';

import { textOf } from '../../engines/standby/standby.engine.js';
import type { CaptchaKeys } from '../../keys/captcha-keys.js';
import { CAPTCHA_KEYS } from '../../tokens.js';

/**
 * The right answer to a challenge of the application, for tests that go through its routes: the text of the standby's
 * picture or sound, what solves its work, or what the emulator says of a NAVER key.
 *
 * `await answerOf(app, key, (naverKey) => emulator.answerOf(naverKey))`
 * @throws Error if the application did not make the key
 */
export async function answerOf(
  app: INestApplicationContext,
  key: string,
  answerOfNaverKey: (naverKey: string) => string,
): Promise<string> {
  const opened = await app.get<CaptchaKeys>(CAPTCHA_KEYS, { strict: false }).open(key);
  if (opened === undefined) throw new Error('answerOf: this application did not make the key.');
  switch (opened.engine) {
    case 'naver':
      return answerOfNaverKey(opened.payload.toString('latin1'));
    case 'standby':
      return textOf(opened.payload).toString('latin1');
    case 'work':
      return opened.payload.toString('hex');
    default:
      return opened.engine satisfies never;
  }
}
