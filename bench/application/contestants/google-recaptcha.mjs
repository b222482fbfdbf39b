import { UseGuards } from '@nestjs/common';
import { GoogleRecaptchaGuard, GoogleRecaptchaModule } from '@nestlab/google-recaptcha';

import { oneBody } from './answers.mjs';

/** `network` is the peer's own option for another URL. */
export default {
  build: ({ provider }) => ({
    imports: [
      GoogleRecaptchaModule.forRoot({
        secretKey: 'bench-secret',
        response: ({ body }) => body.captchaKey,
        network: `${provider}/recaptcha/api/siteverify`,
      }),
    ],
    protect: [UseGuards(GoogleRecaptchaGuard)],
  }),
  bodies: oneBody,
};
