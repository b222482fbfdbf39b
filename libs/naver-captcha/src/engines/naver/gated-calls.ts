import { Inject, Injectable } from '@nestjs/common';

import { Deadline } from '../../deadline.js';
import { type CaptchaException, CaptchaUnavailableException } from '../../errors.js';
import { spanClock } from '../../span-clock.js';
import { CAPTCHA_CALL_GATES, CAPTCHA_CLOCK, CAPTCHA_OPTIONS, CAPTCHA_RANDOM } from '../../tokens.js';
import type { CaptchaClock, CaptchaRandom, NaverCall, ResolvedCaptchaOptions } from '../../types.js';
import { callFailure } from './call-failure.js';
import type { CallGate, NaverCallResult } from './call-gate.js';
import { MAX_ATTEMPTS, mayRetry, pauseBeforeRetry } from './retry.js';
import { NaverSender } from './sender.js';
import type { TimedReply } from './wire-format.js';

/** What a call sends, and how its reply is read. */
export interface NaverRequest<T> {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly read: (reply: TimedReply) => T;
}

/** How an attempt ended. The value is kept apart from what gates may see, because it can be a NAVER key. */
type Ending<T> =
  { readonly value: T; readonly facts: Facts } | { readonly facts: Facts & { readonly error: Error } };
type Facts = Omit<NaverCallResult, 'durationMs'>;

/** Makes calls to NAVER: within one deadline, through every gate, and a second time if that may help. */
@Injectable()
export class GatedCalls {
  readonly #spanMs: () => number;

  constructor(
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_CALL_GATES) private readonly gates: readonly CallGate[],
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(CAPTCHA_RANDOM) private readonly random: CaptchaRandom,
    @Inject(NaverSender) private readonly sender: NaverSender,
  ) {
    this.#spanMs = spanClock(clock);
  }

  /** The exception that a gate would refuse the call with. Returns undefined if there is none, or if it takes I/O to know. */
  refusalOf(call: NaverCall): CaptchaException | undefined {
    for (const gate of this.gates) {
      const refusal = gate.refusalOf?.(call);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  /** @throws CaptchaException */
  async make<T>(call: NaverCall, request: NaverRequest<T>): Promise<T> {
    const deadline = new Deadline(this.options.timeoutMs, this.#spanMs);
    try {
      for (let attempts = 1; ; attempts += 1) {
        // A copy, because gates tell attempts apart by their objects.
        const ending = await this.#attempt({ ...call }, request, deadline);
        if ('value' in ending) return ending.value;
        const { error } = ending.facts;
        if (attempts >= MAX_ATTEMPTS || deadline.expired || !mayRetry(call, ending.facts)) throw error;
        await pauseBeforeRetry(this.random, deadline.signal).catch(() => {
          throw error;
        });
      }
    } finally {
      deadline.clear();
    }
  }

  async #attempt<T>(call: NaverCall, request: NaverRequest<T>, deadline: Deadline): Promise<Ending<T>> {
    const entered: CallGate[] = [];
    let startedAt = this.#spanMs();
    let ending: Ending<T>;
    try {
      for (const gate of this.gates) {
        // Most gates return undefined, and awaiting that would cost every request.
        const admission = gate.before?.(call);
        if (admission !== undefined) await admission;
        entered.push(gate);
      }
      if (deadline.expired) throw storeTooSlow();
      startedAt = this.#spanMs();
      ending = await this.#request(request, deadline);
    } catch (thrown) {
      const { error } = callFailure(thrown, this.sender.route, deadline.lagged);
      ending = { facts: { error, sent: false, reached: false } };
    }
    const result = { ...ending.facts, durationMs: this.#spanMs() - startedAt };
    for (const gate of entered) {
      const end = gate.after?.(call, result);
      if (end !== undefined) await end;
    }
    return ending;
  }

  /** Never rejects. */
  async #request<T>({ path, query, read }: NaverRequest<T>, deadline: Deadline): Promise<Ending<T>> {
    let replied: { readonly status?: number } = {};
    try {
      const reply = await this.sender.send(path, query, deadline);
      if (typeof reply.status === 'number') replied = { status: reply.status };
      const value = read({ ...reply, atMs: this.clock.now() });
      return { value, facts: { ...replied, sent: true, reached: true } };
    } catch (thrown) {
      return { facts: { ...replied, ...callFailure(thrown, this.sender.route, deadline.lagged) } };
    }
  }
}

/** Gates may ask the store. Its slowness must not count as an outage of NAVER. */
function storeTooSlow(): CaptchaUnavailableException {
  return new CaptchaUnavailableException({
    origin: 'store',
    detail:
      'The captcha store used up timeoutMs, so NAVER was not called. Check the store, or raise timeoutMs.',
  });
}
