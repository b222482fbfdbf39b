import type { ExecutionContext } from '@nestjs/common';

import type { Awaitable } from '../types.js';

/** The optional routes: `POST /captcha`, `GET /captcha/media?key=…` and `GET /captcha/widget.js`. */
export interface CaptchaRoutesOptions {
  /**
   * The path of the routes, after the application's global prefix if it has one; never versioned.
   * @default 'captcha'
   */
  readonly path?: string | undefined;
  /**
   * Class decorators for their controller, such as `[Public()]` if a global guard requires a log-in.
   * @default []
   */
  readonly decorators?: readonly ClassDecorator[] | undefined;
  /**
   * Origins of other sites whose pages may request challenges, such as `https://shop.example.com`.
   * @default []: pages of this site only
   */
  readonly allowedOrigins?: readonly string[] | undefined;
  /**
   * Whom keys are made for: the same function as in `@RequireCaptcha({ binding })`.
   * @default none
   */
  readonly binding?: ((context: ExecutionContext) => Awaitable<string | undefined>) | undefined;
}
