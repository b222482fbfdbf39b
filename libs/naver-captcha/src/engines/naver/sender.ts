import { stringify } from 'node:querystring';

import type { HttpService } from '@nestjs/axios';

import type { Deadline } from '../../deadline.js';
import type { CaptchaForwardProxy, ResolvedCaptchaOptions } from '../../types.js';
import type { Route } from './call-failure.js';
import { sendThrough } from './http-service.js';
import { PLATFORMS } from './platforms.js';
import type { NaverTransport } from './transport.js';
import type { UnusedProxies } from './unused-proxies.js';
import type { NaverReply } from './wire-format.js';

/** Sends requests with the credentials to NAVER, through the chosen `HttpService` if there is one. */
export class NaverSender {
  readonly #origin: string;
  readonly #basePath: string;
  readonly #headers: Readonly<Record<string, string>>;
  /** For what exceptions and log lines say. */
  readonly route: Route;

  constructor(
    private readonly options: ResolvedCaptchaOptions,
    private readonly transport: NaverTransport,
    private readonly http: HttpService | undefined,
    private readonly unusedProxies: UnusedProxies,
  ) {
    const { platform, baseUrl, clientId, clientSecret } = options;
    const { idHeader, secretHeader } = PLATFORMS[platform];
    const { origin, host, pathname, protocol } = new URL(baseUrl);
    this.route = { host, proxy: proxyHost(options.proxy, protocol) };
    this.#origin = origin;
    this.#basePath = pathname.replace(/\/$/, '');
    this.#headers = Object.freeze({
      [idHeader]: clientId,
      [secretHeader]: clientSecret,
      // Bodies of 5 KB of JPEG and 80 bytes of JSON gain nothing from compression.
      'accept-encoding': 'identity',
    });
  }

  /** @throws TransportError, or any error of the operating system, of undici, or of the `HttpService` */
  send(path: string, query: Readonly<Record<string, string>>, deadline: Deadline): Promise<NaverReply> {
    this.unusedProxies.look();
    const url = `${path}?${stringify(query)}`;
    const headers = this.#headers;
    if (this.http !== undefined) {
      const request = { baseURL: this.options.baseUrl, url, headers };
      return sendThrough(this.http, request, deadline, {
        transport: this.transport,
        unusedProxies: this.unusedProxies,
      });
    }
    const request = { origin: this.#origin, path: this.#basePath + url, headers };
    return this.transport.get(request, (exchange) => {
      deadline.listener = () => {
        exchange.expire();
      };
    });
  }
}

/** Host and port of the forward proxy, without its credentials. Returns undefined if there is none. */
function proxyHost(proxy: CaptchaForwardProxy | undefined, protocol: string): string | undefined {
  const url = protocol === 'https:' ? (proxy?.httpsProxy ?? proxy?.httpProxy) : proxy?.httpProxy;
  return url === undefined ? undefined : new URL(url).host;
}
