// An application with the real library: its service, limits and memory store. The clock and randomness are injected, NAVER
// is a stub within the process, and puzzles are not derived, since the simulation computes what they cost.
import { createRequire } from 'node:module';

// From the root, because bench/ may have a copy of Nest of its own.
const requireFromRoot = createRequire(new URL('../../package.json', import.meta.url));
const { Test } = requireFromRoot('@nestjs/testing');
const { of } = requireFromRoot('rxjs');
// By path: the package does not export its engines and keys.
const library = requireFromRoot('./libs/naver-captcha/dist/cjs/index.js');
const { Engines } = requireFromRoot('./libs/naver-captcha/dist/cjs/challenge/engines.js');
const { answerOf } = requireFromRoot('./libs/naver-captcha/dist/cjs/entries/testing/index.js');

const { CAPTCHA_KEYS } = requireFromRoot('./libs/naver-captcha/dist/cjs/tokens.js');
const { CAPTCHA_CLOCK, CAPTCHA_RANDOM, NaverCaptchaModule, NaverCaptchaService } = library;

/** Midnight in Korea, when NAVER's day begins. */
const MIDNIGHT = Date.parse('2026-11-22T15:00:00Z');
/** What a route takes, by its name in tables. */
export const ROUTES = { pictures: ['image', 'audio'], 'with work': ['work', 'image', 'audio'] };
export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;
/** What the stub of NAVER takes for right. */
const RIGHT = 'RIGHT';
const WRONG = 'WRONG';

/** Pictures of the standby are not drawn. */
const STANDBY = {
  load: () =>
    Promise.resolve({
      alphabet: 'BCDFGHJK',
      draw: () => Promise.reject(new Error('The simulation shows no pictures.')),
      speak: () => Promise.reject(new Error('The simulation plays no sounds.')),
    }),
};

/** A generator of 32 bits, mulberry32: the same run for the same seed. */
export function chanceOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    below: (limit) => Math.floor((next() / 2 ** 32) * limit),
    share: () => next() / 2 ** 32,
    is: (share) => next() / 2 ** 32 < share,
    bytes: (count) => {
      const bytes = Buffer.allocUnsafe(count);
      for (let at = 0; at < count; at += 1) bytes[at] = next();
      return bytes;
    },
  };
}

class SimulatedClock {
  #now = MIDNIGHT;

  now() {
    return this.#now;
  }

  /** Never backwards: actors that arrive in the same instant take turns. */
  moveTo(sinceMidnightMs) {
    this.#now = Math.max(this.#now, MIDNIGHT + sinceMidnightMs);
  }
}

/** Answers as NAVER does, and counts the calls that cost quota. */
function naverStub(chance) {
  const stub = {
    calls: 0,
    request({ url }) {
      stub.calls += 1;
      const { searchParams } = new URL(url, 'http://naver.invalid');
      const reply =
        searchParams.get('code') === '0'
          ? { key: chance.bytes(8).toString('hex') }
          : { result: searchParams.get('value') === RIGHT, responseTime: 5 };
      return of({ status: 200, data: Buffer.from(JSON.stringify(reply)) });
    },
  };
  return stub;
}

/**
 * @param seed of everything random
 * @param kinds what the protected route takes
 * @param hasStandby without it NAVER alone makes pictures
 * @param options further options of the module
 */
export async function startSite({ seed, kinds, hasStandby = true, options = {} }) {
  const chance = chanceOf(seed);
  const clock = new SimulatedClock();
  const naver = naverStub(chance);
  const module = await Test.createTestingModule({
    imports: [
      NaverCaptchaModule.forRoot({
        clientId: 'simulation',
        clientSecret: 'simulation',
        dailyQuota: 1000,
        httpService: naver,
        ...(hasStandby ? { standby: STANDBY } : {}),
        ...options,
      }),
    ],
  })
    .overrideProvider(CAPTCHA_CLOCK)
    .useValue(clock)
    .overrideProvider(CAPTCHA_RANDOM)
    .useValue({ bytes: (count) => chance.bytes(count) })
    .setLogger(false)
    .compile();
  await module.init();
  leavePuzzlesUnderived(module.get(Engines, { strict: false }).work, chance);
  const service = module.get(NaverCaptchaService, { strict: false });
  const keys = module.get(CAPTCHA_KEYS, { strict: false });

  return {
    chance,
    clock,
    kinds,
    takesWork: kinds.includes('work'),
    naverCalls: () => naver.calls,
    /** What `POST /captcha` replies: `status`, and its challenge or toll. */
    async ask({ by, work = false, toll = false }) {
      try {
        const challenge = await service.createChallenge({ by, work: work && kinds.includes('work'), toll });
        return { status: 201, ...challenge };
      } catch (thrown) {
        return refusalOf(thrown);
      }
    },
    /** The same request with the toll paid. */
    async pay(request, { key }) {
      const { payload } = await keys.openToll(key);
      return this.ask({ ...request, toll: { key, value: payload.toString('hex') } });
    },
    /** Sends the form. @returns the status of the reply; 201 if the captcha passed */
    async signUp({ key, kind }, isRight) {
      const value = isRight
        ? await answerOf(module, key, () => RIGHT)
        : kind === 'work'
          ? '0'.repeat(32)
          : WRONG;
      try {
        const { passed } = await service.verify({ key, value }, { kinds });
        return passed ? 201 : 400;
      } catch (thrown) {
        return refusalOf(thrown).status;
      }
    },
    stop: () => module.close(),
  };
}

function refusalOf(thrown) {
  if (typeof thrown.getStatus !== 'function') throw thrown;
  return {
    status: thrown.getStatus(),
    code: thrown.code,
    toll: thrown.toll,
    retryAfterSeconds: thrown.retryAfterSeconds,
  };
}

/** Random solutions in place of derived ones: a puzzle is half a millisecond of this machine. */
function leavePuzzlesUnderived(work, chance) {
  const puzzle = { parts: [], counters: 0 };
  work.issue = async () => ({ payload: chance.bytes(16), puzzle });
  work.issueToll = work.issue;
}
