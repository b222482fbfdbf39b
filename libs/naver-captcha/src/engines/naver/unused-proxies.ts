import type { HttpService } from '@nestjs/axios';

import type { QuietLogger } from '../../quiet-logger.js';
import { isObject } from '../../unknown-values.js';

/** Where undici keeps what `setGlobalDispatcher` was given. */
const GLOBAL_DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/** Warns of forward proxies that an application sets for its other calls, since calls to NAVER do not go through them. */
export class UnusedProxies {
  #hasLooked = false;

  constructor(
    private readonly logger: QuietLogger,
    private readonly injected: Partial<HttpService>,
    /** Nothing is said if calls go through a proxy already. */
    private readonly usesProxy: boolean,
  ) {}

  /** Looks, with the first call, at what holds for all calls of the application. */
  look(): void {
    if (this.#hasLooked) return;
    this.#hasLooked = true;
    const dispatcher: unknown = Reflect.get(globalThis, GLOBAL_DISPATCHER);
    if (classOf(dispatcher)?.endsWith('ProxyAgent') === true) this.#warn("undici's setGlobalDispatcher()");
    const { axiosRef }: { readonly axiosRef?: unknown } = this.injected;
    if (isObject(axiosRef) || typeof axiosRef === 'function') this.lookAt(Reflect.get(axiosRef, 'defaults'));
  }

  /** Looks at the configuration of axios for one call, interceptors included. */
  lookAt(config: unknown): void {
    if (!isObject(config)) return;
    if (isObject(config['proxy'])) this.#warn("axios's `proxy`");
    for (const name of ['httpAgent', 'httpsAgent'] as const) {
      const agent = classOf(config[name]);
      // Node's own agents only keep sockets alive.
      if (agent !== undefined && agent !== 'Agent') this.#warn(`axios's \`${name}\``);
    }
  }

  #warn(setting: string): void {
    if (this.usesProxy) return;
    this.logger.warnOnce(
      `CAPTCHA_PROXY: ${setting} does not apply to calls to NAVER, which go there without a forward proxy. If this ` +
        'machine needs one, set HTTPS_PROXY, or proxy (or NAVER_CAPTCHA_PROXY) of NaverCaptchaModule.',
    );
  }
}

function classOf(value: unknown): string | undefined {
  return isObject(value) && typeof value.constructor === 'function' ? value.constructor.name : undefined;
}
