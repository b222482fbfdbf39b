import { UseGuards } from '@nestjs/common';
import { Pool } from 'undici';

import { oneBody } from './answers.mjs';

/** The least a guard can do that asks somebody: one call, its body read, nothing else. */
export default {
  build: ({ provider }) => {
    const pool = new Pool(provider);
    const headers = { 'X-Naver-Client-Id': 'bench', 'X-Naver-Client-Secret': 'bench' };
    class UndiciGuard {
      async canActivate(context) {
        const { captchaKey, captchaValue } = context.switchToHttp().getRequest().body;
        const path = `/v1/captcha/nkey?code=1&key=${captchaKey}&value=${captchaValue}`;
        const { body } = await pool.request({ method: 'GET', path, headers });
        return (await body.json()).result === true;
      }
    }
    return { protect: [UseGuards(UndiciGuard)] };
  },
  bodies: oneBody,
};
