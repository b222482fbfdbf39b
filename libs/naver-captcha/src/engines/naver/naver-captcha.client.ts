import { stringify } from 'node:querystring';
import { toUSVString } from 'node:util';

import { HttpService } from '@nestjs/axios';
import { Inject, Injectable } from '@nestjs/common';

import { CaptchaException, CaptchaUnavailableException } from '../../errors.js';
import { CAPTCHA_CALL_GATES, CAPTCHA_CLOCK, CAPTCHA_OPTIONS, CAPTCHA_RANDOM } from '../../tokens.js';
import type {
  CaptchaClock,
  CaptchaKind,
  CaptchaMedia,
  CaptchaRandom,
  NaverCall,
  ResolvedCaptchaOptions,
} from '../../types.js';
import type { CallGate, NaverCallResult } from './call-gate.js';
import { Deadline } from './deadline.js';
import { HttpServiceDoor } from './http-service-door.js';
import { PLATFORMS } from './platforms.js';
import { MAX_TRIES, mayRetry, pauseBeforeRetry } from './retry.js';
import { NaverTransport } from './transport.js';
import {
  type NaverComparison,
  type NaverReply,
  readComparison,
  readIssuedKey,
  readMedia,
  type TimedReply,
} from './wire-format.js';

/** Where these codes appear, no byte of the request left this machine. */
const NEVER_SENT = new Set([
  'CLOSED',
  'TOO_MANY_WAITING',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What one kind of call sends and how its reply is read. */
interface Question<T> {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly read: (reply: TimedReply) => T;
}

/** How one attempt ended. */
type Attempt<T> = { readonly value: T } | { readonly error: Error; readonly refusedByGate: boolean };

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
  readonly #origin: string;
  readonly #basePath: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #door: HttpServiceDoor;

  constructor(
    @Inject(HttpService) http: HttpService,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_CALL_GATES) private readonly gates: readonly CallGate[],
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(CAPTCHA_RANDOM) private readonly random: CaptchaRandom,
    @Inject(NaverTransport) private readonly transport: NaverTransport,
  ) {
    const { platform, baseUrl, clientId, clientSecret } = options;
    const { idHeader, secretHeader } = PLATFORMS[platform];
    const { origin, pathname } = new URL(baseUrl);
    this.#origin = origin;
    this.#basePath = pathname.replace(/\/$/, '');
    this.#headers = Object.freeze({ [idHeader]: clientId, [secretHeader]: clientSecret });
    this.#door = new HttpServiceDoor(http, transport);
  }

  /** Issues a NAVER key. Counts against the day's quota of its kind. */
  issueKey(kind: CaptchaKind): Promise<string> {
    const { platform } = this.options;
    return this.#call(this.#to('issue', kind), {
      path: PLATFORMS[platform].paths[kind].key,
      query: { code: '0' },
      read: (reply) => readIssuedKey(reply, platform),
    });
  }

  /**
   * Fetches the picture or the sound of a NAVER key. Costs no quota.
   * @throws CaptchaExpiredException where NAVER does not know the key, or no longer
   */
  fetchMedia(kind: CaptchaKind, naverKey: string): Promise<CaptchaMedia> {
    const { platform } = this.options;
    return this.#call(this.#to('fetch', kind), {
      path: PLATFORMS[platform].paths[kind].media,
      query: { key: toUSVString(naverKey) },
      read: (reply) => readMedia(reply, kind, platform),
    });
  }

  /** Compares an answer with a NAVER key. Counts against the day's quota of its kind. */
  compare(kind: CaptchaKind, naverKey: string, value: string): Promise<NaverComparison> {
    const { platform } = this.options;
    return this.#call(this.#to('compare', kind), {
      path: PLATFORMS[platform].paths[kind].key,
      // Half a character, which anybody can send, has no place in a URL.
      query: { code: '1', key: toUSVString(naverKey), value: toUSVString(value) },
      read: (reply) => readComparison(reply, platform),
    });
  }

  /** The exception that the call would be refused with, if this process knows it without I/O; otherwise undefined. */
  refusalOf(operation: NaverCall['operation'], kind: CaptchaKind): CaptchaException | undefined {
    const call = this.#to(operation, kind);
    for (const gate of this.gates) {
      const refusal = gate.refusalOf?.(call);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #to(operation: NaverCall['operation'], kind: CaptchaKind): NaverCall {
    return { platform: this.options.platform, kind, operation };
  }

  /** One deadline for all tries, and whatever passes before and between them. */
  async #call<T>(call: NaverCall, question: Question<T>): Promise<T> {
    const deadline = new Deadline(this.options.timeoutMs);
    try {
      for (let tries = 1; ; tries += 1) {
        const [attempt, result] = await this.#attempt({ ...call }, question, deadline);
        if ('value' in attempt) return attempt.value;
        const isLast = tries >= MAX_TRIES || attempt.refusedByGate || deadline.expired;
        if (isLast || !mayRetry(call, result)) throw attempt.error;
        await pauseBeforeRetry(this.random, deadline.signal).catch(() => {
          throw attempt.error;
        });
      }
    } finally {
      deadline.clear();
    }
  }

  /** One request, through the gates. */
  async #attempt<T>(
    call: NaverCall,
    question: Question<T>,
    deadline: Deadline,
  ): Promise<readonly [Attempt<T>, NaverCallResult]> {
    const entered: CallGate[] = [];
    let startedAt = this.clock.now();
    let status: number | undefined;
    let attempt: Attempt<T>;
    let sent = false;
    let reached = false;
    try {
      for (const gate of this.gates) {
        // Most have nothing to wait for, and waiting for nothing costs every request.
        const admission = gate.before?.(call);
        if (admission !== undefined) await admission;
        entered.push(gate);
      }
      // Gates may ask the store. Its slowness is no silence of NAVER's, and nothing was sent.
      if (deadline.expired) {
        throw new CaptchaUnavailableException({
          origin: 'store',
          detail: 'The captcha store took all the time there is for a call to NAVER.',
        });
      }
      startedAt = this.clock.now();
      sent = reached = true;
      const reply = await this.#send(question, deadline);
      if (typeof reply.status === 'number') status = reply.status;
      attempt = { value: question.read({ ...reply, atMs: this.clock.now() }) };
    } catch (thrown) {
      const code = errorCode(thrown);
      if (code !== undefined && NEVER_SENT.has(code)) reached = false;
      if (code === 'TOO_MANY_WAITING' || code === 'CLOSED') sent = false;
      const error = thrown instanceof CaptchaException ? thrown : unavailable(code);
      attempt = { error, refusedByGate: entered.length < this.gates.length };
    }
    const result: NaverCallResult = {
      durationMs: this.clock.now() - startedAt,
      sent,
      reached,
      ...('error' in attempt ? { error: attempt.error } : {}),
      ...(status === undefined ? {} : { status }),
    };
    for (const gate of entered) {
      const end = gate.after?.(call, result);
      if (end !== undefined) await end;
    }
    return [attempt, result];
  }

  #send({ path, query }: Question<unknown>, deadline: Deadline): Promise<NaverReply> {
    const target = `${path}?${stringify(query)}`;
    const headers = this.#headers;
    if (!this.#door.isOpen) {
      return this.#door.send({ baseURL: this.options.baseUrl, url: target, headers }, deadline);
    }
    const request = { origin: this.#origin, path: this.#basePath + target, headers };
    return this.transport.get(request, (exchange) => {
      deadline.listener = () => {
        exchange.expire();
      };
    });
  }
}

/** The code of a system or undici error, and nothing else of it: an AxiosError holds the headers and the URL. */
function errorCode(thrown: unknown): string | undefined {
  // Not instanceof: in a test runner's own realm Node's errors are of another class.
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : undefined;
}

function unavailable(code: string | undefined): CaptchaUnavailableException {
  return new CaptchaUnavailableException({
    // A flood of our own making is no outage of NAVER's, and must not be taken for one.
    origin: code === 'TOO_MANY_WAITING' || code === 'TIMEOUT_IN_QUEUE' ? 'too-fast' : 'naver',
    detail: `NAVER cannot be reached (${code ?? 'unknown error'}).`,
  });
}
