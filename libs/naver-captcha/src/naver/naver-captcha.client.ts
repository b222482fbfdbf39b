import { HttpService } from '@nestjs/axios';
import { Inject, Injectable } from '@nestjs/common';
import { firstValueFrom, fromEvent, takeUntil } from 'rxjs';

import { CaptchaException, CaptchaUnavailableException } from '../errors.js';
import { CAPTCHA_CALL_GATES, CAPTCHA_CLOCK, CAPTCHA_OPTIONS } from '../tokens.js';
import type {
  CallGate,
  CaptchaClock,
  CaptchaKind,
  CaptchaMedia,
  NaverCall,
  ResolvedCaptchaOptions,
} from '../types.js';
import { PLATFORMS } from './platforms.js';
import { NaverTransport } from './transport.js';
import {
  type NaverComparison,
  type NaverReply,
  readComparison,
  readIssuedKey,
  readMedia,
} from './wire-format.js';

/** Where these codes appear, no byte of the request left this machine. */
const NEVER_SENT = new Set([
  'TOO_MANY_WAITING',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * NAVER's three calls, as they are, typed; for whoever wants no more than that. It knows nothing of sealed keys,
 * attempts or quota: `NaverCaptchaService` does.
 *
 * Every call throws `CaptchaUnavailableException` where NAVER cannot be asked or replies with something unexpected,
 * `CaptchaQuotaExceededException` where the day's quota is used up, and `CaptchaMisconfiguredException`, with the
 * remedy in its message, where NAVER refuses the credentials.
 */
@Injectable()
export class NaverCaptchaClient {
  constructor(
    @Inject(HttpService) private readonly http: HttpService,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_CALL_GATES) private readonly gates: readonly CallGate[],
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(NaverTransport) private readonly transport: NaverTransport,
  ) {}

  /** Issues a NAVER key. Counts against the day's quota of its kind. */
  async issueKey(kind: CaptchaKind): Promise<string> {
    const { platform } = this.options;
    const path = PLATFORMS[platform].paths[kind].key;
    return this.call({ platform, kind, operation: 'issue' }, path, { code: '0' }, (reply) =>
      readIssuedKey(reply, platform),
    );
  }

  /**
   * Fetches the picture or the sound of a NAVER key. Costs no quota.
   * @throws CaptchaExpiredException where NAVER does not know the key, or no longer
   */
  async fetchMedia(kind: CaptchaKind, naverKey: string): Promise<CaptchaMedia> {
    const { platform } = this.options;
    const path = PLATFORMS[platform].paths[kind].media;
    return this.call({ platform, kind, operation: 'fetch' }, path, { key: naverKey }, (reply) =>
      readMedia(reply, kind, platform),
    );
  }

  /** Compares an answer with a NAVER key. Counts against the day's quota of its kind. */
  async compare(kind: CaptchaKind, naverKey: string, value: string): Promise<NaverComparison> {
    const { platform } = this.options;
    const path = PLATFORMS[platform].paths[kind].key;
    const query = { code: '1', key: naverKey, value };
    return this.call({ platform, kind, operation: 'compare' }, path, query, (reply) =>
      readComparison(reply, platform),
    );
  }

  private async call<T>(
    call: NaverCall,
    path: string,
    query: Record<string, string>,
    read: (reply: NaverReply) => T,
  ): Promise<T> {
    for (const gate of this.gates) await gate.before?.(call);
    const startedAt = this.clock.now();
    let error: Error | undefined;
    let reached = true;
    try {
      return read(await this.send(path, query));
    } catch (thrown) {
      const code = errorCode(thrown);
      reached = code === undefined || !NEVER_SENT.has(code);
      error = thrown instanceof CaptchaException ? thrown : unavailable(code);
      throw error;
    } finally {
      const result = { durationMs: this.clock.now() - startedAt, reached, ...(error && { error }) };
      for (const gate of this.gates) await gate.after?.(call, result);
    }
  }

  private async send(path: string, query: Record<string, string>): Promise<NaverReply> {
    const { platform, baseUrl, clientId, clientSecret, timeoutMs } = this.options;
    const { idHeader, secretHeader } = PLATFORMS[platform];
    const deadline = new AbortController();
    const timer = setTimeout(() => {
      deadline.abort();
    }, timeoutMs);
    timer.unref();
    try {
      // Everything is given with the call: the application may share its HttpService, defaults and all.
      const reply$ = this.http.request<unknown>({
        method: 'get',
        baseURL: baseUrl,
        url: `${path}?${new URLSearchParams(query).toString()}`,
        // Not undefined, which lets the defaults through.
        params: new URLSearchParams(),
        headers: { [idHeader]: clientId, [secretHeader]: clientSecret },
        adapter: this.transport.adapter,
        signal: deadline.signal,
        timeout: 0,
        maxRedirects: 0,
        responseType: 'arraybuffer',
        transformRequest: [],
        transformResponse: [],
        validateStatus: null,
      });
      // The deadline holds for interceptors and mocks too, which may not look at the signal.
      return await firstValueFrom(reply$.pipe(takeUntil(fromEvent(deadline.signal, 'abort'))));
    } catch (thrown) {
      throw deadline.signal.aborted ? new DeadlineError() : thrown;
    } finally {
      clearTimeout(timer);
    }
  }
}

class DeadlineError extends Error {
  readonly code = 'TIMEOUT';
}

/** The code of a system or undici error, and nothing else of it: an AxiosError holds the headers and the URL. */
function errorCode(thrown: unknown): string | undefined {
  // Not instanceof: in a test runner's own realm Node's errors are of another class.
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : undefined;
}

function unavailable(code: string | undefined): CaptchaUnavailableException {
  return new CaptchaUnavailableException({ detail: `NAVER cannot be reached (${code ?? 'unknown error'}).` });
}
