import { stringify } from 'node:querystring';

import type { HttpService } from '@nestjs/axios';

import type { ResolvedCaptchaOptions } from '../../types.js';
import type { Deadline } from './deadline.js';
import { sendThrough } from './http-service.js';
import { PLATFORMS } from './platforms.js';
import type { NaverTransport } from './transport.js';
import type { NaverReply } from './wire-format.js';

/** Sends requests with the credentials to NAVER, through the chosen `HttpService` if there is one. */
export class NaverSender {
  readonly #origin: string;
  readonly #basePath: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(
    private readonly options: ResolvedCaptchaOptions,
    private readonly transport: NaverTransport,
    private readonly http: HttpService | undefined,
  ) {
    const { platform, baseUrl, clientId, clientSecret } = options;
    const { idHeader, secretHeader } = PLATFORMS[platform];
    const { origin, pathname } = new URL(baseUrl);
    this.#origin = origin;
    this.#basePath = pathname.replace(/\/$/, '');
    this.#headers = Object.freeze({ [idHeader]: clientId, [secretHeader]: clientSecret });
  }

  /** @throws TransportError, or any error of the operating system, of undici, or of the `HttpService` */
  send(path: string, query: Readonly<Record<string, string>>, deadline: Deadline): Promise<NaverReply> {
    const url = `${path}?${stringify(query)}`;
    const headers = this.#headers;
    if (this.http !== undefined) {
      const request = { baseURL: this.options.baseUrl, url, headers };
      return sendThrough(this.http, this.transport, request, deadline);
    }
    const request = { origin: this.#origin, path: this.#basePath + url, headers };
    return this.transport.get(request, (exchange) => {
      deadline.listener = () => {
        exchange.expire();
      };
    });
  }
}
