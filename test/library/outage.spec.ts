import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type EmulatorFault,
  type NaverCaptchaEmulator,
  startNaverCaptchaEmulator,
} from 'naver-captcha-emulator';
import {
  type BreakerEvent,
  type CallGate,
  CAPTCHA_CALL_GATES,
  CAPTCHA_EVENTS,
  CAPTCHA_STORE,
  type CaptchaEvent,
  type CaptchaStore,
  CaptchaUnavailableException,
  MemoryCaptchaStore,
  type NaverCall,
  type NaverCallResult,
  NaverCaptchaClient,
  NaverCaptchaService,
  type OnCaptchaUnavailable,
} from 'nestjs-naver-captcha';
import type { Observable } from 'rxjs';

import { ADAPTERS, type RunningApp } from '../support/app.ts';
import { comparisons, signUp, solve, startSignup } from '../support/signup.ts';

/** Long enough for a busy machine to answer, short enough to wait for where the emulator never does. */
const TIMEOUT_MS = 1500;

let emulator: NaverCaptchaEmulator;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 6, dailyQuota: 1_000_000, maxRequests: 10_000 });
});

afterEach(() => emulator.close());

/**
 * What a client gets for each fault: with `reject`, with `allow`, and how many comparisons and issuings the emulator
 * sees. Unavailable is 503; what `allow` lets through is 200.
 */
const TABLE: [fault: EmulatorFault, reject: string, allow: string, compared: number, issued: number][] = [
  [{ fault: 'system-error' }, 'CAPTCHA_UNAVAILABLE', 'allowed', 1, 2],
  [{ fault: 'gateway-503' }, 'CAPTCHA_UNAVAILABLE', 'allowed', 1, 2],
  [{ fault: 'gateway-504' }, 'CAPTCHA_UNAVAILABLE', 'allowed', 1, 2],
  [{ fault: 'silence' }, 'CAPTCHA_UNAVAILABLE', 'allowed', 1, 1],
  [{ fault: 'latency', latencyMs: 10_000 }, 'CAPTCHA_UNAVAILABLE', 'allowed', 1, 1],
  [{ fault: 'drip' }, 'CAPTCHA_UNAVAILABLE', 'allowed', 1, 1],
  [{ fault: 'reset-before-headers' }, 'CAPTCHA_UNAVAILABLE', 'allowed', 1, 2],
  [{ fault: 'reset-after-headers' }, 'CAPTCHA_UNAVAILABLE', 'allowed', 1, 2],
  [{ fault: 'truncated' }, 'CAPTCHA_UNAVAILABLE', 'allowed', 1, 1],
  [{ fault: 'html' }, 'CAPTCHA_UNAVAILABLE', 'allowed', 1, 1],
  [{ fault: 'empty' }, 'CAPTCHA_UNAVAILABLE', 'allowed', 1, 1],
  [{ fault: 'redirect' }, 'CAPTCHA_UNAVAILABLE', 'allowed', 1, 1],
  [{ fault: 'oversized' }, 'CAPTCHA_UNAVAILABLE', 'allowed', 1, 2],
  // These could be bought by an attacker, or are our own fault: `allow` does not cover them.
  [{ fault: 'rate-limit' }, 'CAPTCHA_UNAVAILABLE', 'CAPTCHA_UNAVAILABLE', 1, 1],
  [{ fault: 'quota' }, 'CAPTCHA_QUOTA_EXCEEDED', 'CAPTCHA_QUOTA_EXCEEDED', 1, 1],
  [{ fault: 'unauthorized' }, 'CAPTCHA_MISCONFIGURED', 'CAPTCHA_MISCONFIGURED', 1, 1],
  [{ fault: 'not-ticked' }, 'CAPTCHA_MISCONFIGURED', 'CAPTCHA_MISCONFIGURED', 1, 1],
];

const STATUSES: Record<string, number> = {
  allowed: 200,
  CAPTCHA_UNAVAILABLE: 503,
  CAPTCHA_QUOTA_EXCEEDED: 503,
  CAPTCHA_MISCONFIGURED: 500,
};

function told(body: unknown): unknown {
  const { code, outcome } = body as { code?: string; outcome?: { status: string } };
  return code ?? outcome?.status;
}

describe.each(['reject', 'allow', 'a function'] as const)('with onUnavailable: %s', (policy) => {
  const onUnavailable: OnCaptchaUnavailable =
    policy === 'a function' ? (error) => (error.getStatus() === 503 ? 'allow' : 'reject') : policy;

  it.each(TABLE)('%j: the guard sends the right code', async (fault, reject, allow, compared) => {
    await using app = await startSignup(emulator, { options: { timeoutMs: TIMEOUT_MS, onUnavailable } });
    const answer = await solve(app, emulator);
    emulator.failNext({ ...fault, call: 'compare' });
    const startedAt = performance.now();

    const reply = await signUp(app, answer);

    const expected = policy === 'reject' ? reject : allow;
    expect({ told: told(reply.body), status: reply.status }).toEqual({
      told: expected,
      status: STATUSES[expected],
    });
    expect(reply.headers.has('retry-after')).toBe(reply.status === 503);
    expect(comparisons(emulator)).toBe(compared);
    // A bound and no measurement: the deadline and a slow machine's leisure.
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + 5000);
  });
});

describe('making a challenge', () => {
  it.each(TABLE)('%j: the page gets the right code', async (fault, code, _, __, issued) => {
    await using app = await startSignup(emulator, { options: { timeoutMs: TIMEOUT_MS } });
    emulator.failNext({ ...fault, call: 'issue', times: 2 });

    const reply = await fetch(`${app.url}/captcha`);

    expect({ told: told(await reply.json()), status: reply.status }).toEqual({
      told: code,
      status: STATUSES[code],
    });
    expect(emulator.requests).toHaveLength(issued);
  });

  it.each([{ fault: 'odd-key' }, { fault: 'wrong-result-type' }] as EmulatorFault[])(
    'takes %j for what it is',
    async (fault) => {
      await using app = await startSignup(emulator);
      const answer = await solve(app, emulator);
      const call = fault.fault === 'odd-key' ? 'issue' : 'compare';
      emulator.failNext({ ...fault, call });

      const reply =
        call === 'issue' ? (await fetch(`${app.url}/captcha`)).status : (await signUp(app, answer)).status;

      expect(reply).toBe(503);
    },
  );

  it('survives one fault by one more try', async () => {
    await using app = await startSignup(emulator);
    emulator.failNext({ fault: 'gateway-503', call: 'issue' });

    expect((await fetch(`${app.url}/captcha`)).status).toBe(200);
  });

  it('reads a picture whose label is wrong by its content', async () => {
    await using app = await startSignup(emulator);
    emulator.failNext({ fault: 'wrong-content-type', call: 'fetch' });

    expect((await signUp(app, await solve(app, emulator))).status).toBe(200);
  });
});

describe.each(ADAPTERS)('attacks on allow, on %s', (adapter) => {
  const allow = { onUnavailable: 'allow' } as const;

  it('one key passes once through an outage, whatever maxAttempts says', async () => {
    await using app = await startSignup(emulator, { adapter, options: { ...allow, maxAttempts: 3 } });
    const answer = await solve(app, emulator);
    emulator.failNext({ fault: 'system-error', call: 'compare', times: 100 });

    const replies = await Promise.all(Array.from({ length: 20 }, () => signUp(app, answer)));

    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, body } of replies) if (status !== 200) expect(told(body)).toBe('CAPTCHA_USED');
  });

  it('forged, expired and foreign keys get no further through an outage', async () => {
    await using app = await startSignup(emulator, { adapter, options: allow, require: { action: 'signup' } });
    const foreign = await solve(app, emulator, { action: 'login' });
    const old = await solve(app, emulator, { action: 'signup' });
    emulator.failNext({ fault: 'system-error', call: 'compare', times: 100 });

    expect(told((await signUp(app, foreign)).body)).toBe('CAPTCHA_INVALID');
    expect(told((await signUp(app, { ...old, captchaKey: 'A'.repeat(99) })).body)).toBe('CAPTCHA_INVALID');
    expect(told((await signUp(app, {})).body)).toBe('CAPTCHA_MISSING');
    app.clock.advance(600_000);
    expect(told((await signUp(app, old)).body)).toBe('CAPTCHA_EXPIRED');
  });

  it('a day that NAVER closed lets no request through', async () => {
    await using app = await startSignup(emulator, {
      adapter,
      options: allow,
    });
    const answer = await solve(app, emulator);
    emulator.failNext({ fault: 'quota', call: 'compare' });

    expect(told((await signUp(app, answer)).body)).toBe('CAPTCHA_QUOTA_EXCEEDED');
    expect(told((await signUp(app, {})).body)).toBe('CAPTCHA_MISSING');
  });

  it('a failed store lets no request through', async () => {
    await using app = await startSignup(emulator, { adapter, options: allow });
    const answer = await solve(app, emulator);
    const store = app.get<MemoryCaptchaStore>(CAPTCHA_STORE);
    store.take = () => Promise.reject(new Error('dead'));

    expect(told((await signUp(app, answer)).body)).toBe('CAPTCHA_UNAVAILABLE');
  });

  it('hanging up gives no attempt back', async () => {
    await using app = await startSignup(emulator, { adapter, options: { timeoutMs: 5000 } });
    const answer = await solve(app, emulator);
    emulator.failNext({ fault: 'latency', latencyMs: 300, call: 'compare' });
    const compared = new Promise<void>((done) => {
      app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS).subscribe(({ type }) => {
        if (type === 'verdict') done();
      });
    });
    const hangUp = new AbortController();
    const posted = fetch(`${app.url}/signup`, {
      method: 'POST',
      body: new URLSearchParams({ ...answer, captchaValue: 'WRONG' }),
      signal: hangUp.signal,
    }).catch(() => undefined);
    while (comparisons(emulator) === 0) await new Promise(setImmediate);
    hangUp.abort();
    await Promise.all([posted, compared]);

    expect(told((await signUp(app, answer)).body)).toBe('CAPTCHA_USED');
  });

  it('a policy that throws rejects', async () => {
    await using app = await startSignup(emulator, {
      adapter,
      require: {
        onUnavailable: () => {
          throw new TypeError('no such thing');
        },
      },
    });
    const answer = await solve(app, emulator);
    emulator.failNext({ fault: 'system-error', call: 'compare' });

    expect(told((await signUp(app, answer)).body)).toBe('CAPTCHA_UNAVAILABLE');
  });

  it('the route’s policy beats the module’s', async () => {
    await using app = await startSignup(emulator, {
      adapter,
      options: allow,
      require: { onUnavailable: 'reject' },
    });
    const answer = await solve(app, emulator);
    emulator.failNext({ fault: 'system-error', call: 'compare' });

    expect(told((await signUp(app, answer)).body)).toBe('CAPTCHA_UNAVAILABLE');
  });
});

describe('the breaker', () => {
  function breakerEvents(app: RunningApp): BreakerEvent[] {
    const seen: BreakerEvent[] = [];
    app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS).subscribe((event) => {
      if (event.type === 'breaker') seen.push(event);
    });
    return seen;
  }

  async function issue(app: RunningApp): Promise<unknown> {
    return app
      .get(NaverCaptchaService)
      .createChallenge()
      .then(
        () => 'made',
        (error: unknown) => (error as { code: string }).code,
      );
  }

  it('makes an hour’s outage cost a handful of calls, and notices the recovery', async () => {
    await using app = await startSignup(emulator);
    const events = breakerEvents(app);
    emulator.failNext({ fault: 'gateway-503', call: 'issue', times: 1_000_000 });

    // A visitor comes every two seconds, for an hour.
    for (let second = 0; second < 3600; second += 2) {
      expect(await issue(app)).toBe('CAPTCHA_UNAVAILABLE');
      app.clock.advance(2000);
    }
    expect(emulator.requests.length).toBeLessThan(100);

    emulator.clearFaults();
    let waited = 0;
    while ((await issue(app)) !== 'made') {
      app.clock.advance(2000);
      waited += 2000;
    }
    expect(waited).toBeLessThanOrEqual(120_000);
    expect(events[0]).toEqual({ type: 'breaker', platform: 'developers', operation: 'issue', state: 'open' });
    expect(events.at(-1)).toMatchObject({ state: 'closed' });
  }, 60_000);

  it('lets one call through on trial, and refuses the others at once', async () => {
    await using app = await startSignup(emulator);
    emulator.failNext({ fault: 'gateway-503', call: 'issue', times: 5 });
    for (let time = 0; time < 3; time += 1) await issue(app);
    const before = emulator.requests.length;
    app.clock.advance(10_000);

    const replies = await Promise.all(Array.from({ length: 10 }, () => issue(app)));

    expect(replies.filter((reply) => reply === 'made')).toHaveLength(1);
    expect(emulator.requests).toHaveLength(before + 1);
  });

  it('stays open where the call that was to try never reached NAVER', async () => {
    const memory = new MemoryCaptchaStore();
    let isSlow = false;
    const store: CaptchaStore = {
      take: async (name, limit) => {
        if (isSlow) {
          // The deadline looks at the clock several times in its time, so it has passed when this timer fires.
          app.clock.advance(TIMEOUT_MS);
          await new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS));
        }
        return memory.take(name, limit);
      },
      release: (name) => memory.release(name),
      get: (name) => memory.get(name),
      set: (name, count, lifetime) => memory.set(name, count, lifetime),
      delete: (name) => memory.delete(name),
    };
    await using app = await startSignup(emulator, { options: { store, timeoutMs: TIMEOUT_MS } });
    const events = breakerEvents(app);
    emulator.failNext({ fault: 'gateway-503', call: 'issue', times: 5 });
    for (let time = 0; time < 3; time += 1) await issue(app);
    app.clock.advance(10_000);
    isSlow = true;
    expect(await issue(app)).toBe('CAPTCHA_UNAVAILABLE');
    isSlow = false;

    expect(events.map(({ state }) => state)).toEqual(['open', 'half-open', 'open']);
    app.clock.advance(20_000);
    expect(await issue(app)).toBe('made');
  });

  it('says when to come back', async () => {
    await using app = await startSignup(emulator);
    emulator.failNext({ fault: 'gateway-503', call: 'issue', times: 5 });
    for (let time = 0; time < 3; time += 1) await issue(app);
    app.clock.advance(4000);

    await expect(app.get(NaverCaptchaService).createChallenge()).rejects.toMatchObject({
      retryAfterSeconds: 6,
    });
  });

  it.each(['unauthorized', 'not-ticked', 'quota', 'rate-limit'] as const)(
    'is not opened by a 4xx: %s',
    async (fault) => {
      await using app = await startSignup(emulator, {
        options: { platform: 'ncloud', dailyQuota: Infinity },
      });
      const events = breakerEvents(app);
      emulator.failNext({ fault, call: 'fetch', times: 20 });
      const client = app.get(NaverCaptchaClient);
      const key = await client.issueKey('image');

      for (let time = 0; time < 20; time += 1)
        await expect(client.fetchMedia('image', key)).rejects.toThrow();

      await client.fetchMedia('image', key);
      expect(events).toEqual([]);
    },
  );

  describe('as a gate', () => {
    const CALL: NaverCall = { platform: 'developers', kind: 'image', operation: 'issue' };
    const sent = { sent: true, reached: true, durationMs: 0 };
    const OUTAGE: NaverCallResult = { ...sent, error: new CaptchaUnavailableException() };
    const TOO_FAST: NaverCallResult = {
      ...sent,
      error: new CaptchaUnavailableException({ origin: 'too-fast' }),
    };
    const REPLY: NaverCallResult = { ...sent, status: 200 };

    async function startBreaker() {
      const app = await startSignup(emulator);
      const breaker = app.get<readonly CallGate[]>(CAPTCHA_CALL_GATES).at(-1);
      const attempt = (result: NaverCallResult): void => {
        const call = { ...CALL };
        void breaker?.before?.(call);
        void breaker?.after?.(call, result);
      };
      const fail = (times: number): void => {
        for (let time = 0; time < times; time += 1) attempt(OUTAGE);
      };
      const events = breakerEvents(app);
      const states = (): string[] => events.splice(0).map(({ state }) => state);
      return { app, breaker, attempt, fail, states, [Symbol.asyncDispose]: () => app.app.close() };
    }

    it('opens with the fifth outage in a row: a reply ends the row, and a call that shows nothing does not', async () => {
      await using gate = await startBreaker();
      gate.fail(4);
      gate.attempt(REPLY);
      gate.fail(4);
      gate.attempt(TOO_FAST);
      expect(gate.states()).toEqual([]);
      gate.fail(1);
      expect(gate.states()).toEqual(['open']);
    });

    it('waits twice as long after each failed trial, up to two minutes, and forgets that with a success', async () => {
      await using gate = await startBreaker();
      gate.fail(5);
      for (const seconds of [10, 20, 40, 80, 120, 120]) {
        gate.states();
        expect(gate.breaker?.refusalOf?.(CALL)).toMatchObject({ retryAfterSeconds: seconds });
        gate.app.clock.advance(seconds * 1000 - 1);
        expect(() => {
          gate.attempt(REPLY);
        }).toThrow(CaptchaUnavailableException);
        gate.app.clock.advance(1);
        expect(gate.breaker?.refusalOf?.(CALL)).toBeUndefined();
        expect(gate.states()).toEqual([]);
        gate.attempt(seconds === 40 ? TOO_FAST : OUTAGE);
        expect(gate.states()).toEqual(['half-open', 'open']);
      }
      gate.app.clock.advance(120_000);
      gate.attempt(REPLY);
      expect(gate.states()).toEqual(['half-open', 'closed']);
      gate.fail(4);
      expect(gate.states()).toEqual([]);
      gate.fail(1);
      expect(gate.breaker?.refusalOf?.(CALL)).toMatchObject({ retryAfterSeconds: 10 });
    });

    it('is moved by its trial alone: calls that began before change nothing', async () => {
      await using gate = await startBreaker();
      const late = [{ ...CALL }, { ...CALL }, { ...CALL }, { ...CALL }] as const;
      for (const call of late) void gate.breaker?.before?.(call);
      gate.fail(5);
      void gate.breaker?.after?.(late[0], REPLY);
      void gate.breaker?.after?.(late[1], OUTAGE);
      gate.app.clock.advance(10_000);
      const trial = { ...CALL };
      void gate.breaker?.before?.(trial);
      void gate.breaker?.after?.(late[2], REPLY);
      void gate.breaker?.after?.(late[3], OUTAGE);
      expect(gate.states()).toEqual(['open', 'half-open']);
      expect(gate.breaker?.refusalOf?.(CALL)).toMatchObject({ retryAfterSeconds: 1 });

      void gate.breaker?.after?.(trial, REPLY);
      expect(gate.states()).toEqual(['closed']);
    });
  });

  it('is one for each kind of call: comparing goes on while issuing is down', async () => {
    await using app = await startSignup(emulator);
    const answer = await solve(app, emulator);
    emulator.failNext({ fault: 'gateway-503', call: 'issue', times: 10 });
    for (let time = 0; time < 5; time += 1) await issue(app);

    expect((await signUp(app, answer)).status).toBe(200);
  });

  it.each([
    ['reject', 'CAPTCHA_UNAVAILABLE'],
    ['allow', 'allowed'],
  ] as const)('while issuing is down, a missing answer is an outage: %s', async (onUnavailable, expected) => {
    await using app = await startSignup(emulator, { options: { onUnavailable } });
    expect(told((await signUp(app, {})).body)).toBe('CAPTCHA_MISSING');
    emulator.failNext({ fault: 'gateway-503', call: 'issue', times: 5 });
    for (let time = 0; time < 3; time += 1) await issue(app);

    expect(told((await signUp(app, {})).body)).toBe(expected);

    app.clock.advance(10_000);
    expect(await issue(app)).toBe('made');
    expect(told((await signUp(app, {})).body)).toBe('CAPTCHA_MISSING');
  });

  it('costs no visitor an attempt while comparing is down', async () => {
    await using app = await startSignup(emulator);
    const answers = [];
    for (let person = 0; person < 6; person += 1) answers.push(await solve(app, emulator));
    emulator.failNext({ fault: 'gateway-503', call: 'compare', times: 5 });
    const [last, ...others] = answers;
    for (const other of others) await signUp(app, other);
    const before = comparisons(emulator);
    for (let time = 0; time < 5; time += 1) {
      expect(told((await signUp(app, last)).body)).toBe('CAPTCHA_UNAVAILABLE');
    }
    expect(comparisons(emulator)).toBe(before);

    app.clock.advance(10_000);
    expect((await signUp(app, last)).status).toBe(200);
  });
});

describe('a dead address', () => {
  it('among NAVER’s does not stop service', async () => {
    // localhost has two addresses; no server listens on ::1.
    const port = new URL(emulator.url).port;
    await using app = await startSignup(emulator, { options: { baseUrl: `http://localhost:${port}` } });

    expect((await fetch(`${app.url}/captcha`)).status).toBe(200);
  });
});
