import type { ExecutionContext } from '@nestjs/common';

import type { Awaitable } from '../types.js';

/** The optional routes: `POST /captcha`, `GET /captcha/media?key=…`, `GET /captcha/widget.js` and `GET /captcha/solver.js`. */
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
   * Other origins whose pages may request challenges, as browsers send them: `https://shop.example.com`,
   * `capacitor://localhost`, or `null`. The routes answer CORS for these, preflight included.
   * @default []: pages of this origin only
   */
  readonly allowedOrigins?: readonly string[] | undefined;
  /**
   * Whom keys are made for: the same function as in `@RequireCaptcha({ binding })`.
   * @default none
   */
  readonly binding?: ((context: ExecutionContext) => Awaitable<string | undefined>) | undefined;
}
