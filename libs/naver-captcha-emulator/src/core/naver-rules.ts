import type { Settings } from '../options/options.js';
import type { EmulatorPlatform, RecognisedCall } from '../protocol/call.js';
import {
  invalidKey,
  json,
  missingCredentials,
  notTicked,
  quotaExceeded,
  rateLimited,
  unissued,
  wrongCredentials,
  type TextReply,
} from '../protocol/replies.js';
import type { Random } from '../random.js';
import { DailyCounter, SecondCounter } from '../store/call-counters.js';
import type { KeyStore, StoredKey } from '../store/key-store.js';

/** The reply to a call, before HTTP sends it and before a fault changes it. */
export type Reply = TextReply | MediaReply;

interface MediaReply {
  readonly status: 200;
  readonly contentType: string;
  /** The key whose picture or sound is the body. It is made when the reply is sent. */
  readonly mediaOf: StoredKey;
}

export interface Credentials {
  readonly id: string | undefined;
  readonly secret: string | undefined;
}

/** The parameters of a call: the first value of each. */
export interface CallParameters {
  readonly key: string | undefined;
  readonly value: string | undefined;
}

const keyAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const keyLength = 16;
/** Vowels are among them, as in NAVER's answers; look-alikes, which NAVER has too, are not. */
const answerAlphabet = 'ACDEHJKMNPRTUWY469';

/** Answers the three calls as NAVER does: checks in NAVER's order, then the call itself. */
export class NaverRules {
  readonly #settings: Settings;
  readonly #keys: KeyStore;
  readonly #quota = new DailyCounter();
  readonly #rate = new SecondCounter();
  readonly #seededRandom: Random;
  #random: Random;

  constructor(settings: Settings, keys: KeyStore, random: Random) {
    this.#settings = settings;
    this.#keys = keys;
    this.#seededRandom = random;
    this.#random = random.fork('keys');
  }

  carryOut(
    call: RecognisedCall,
    parameters: CallParameters,
    credentials: Credentials,
  ): { reply: Reply; issued?: StoredKey } {
    const now = this.#settings.now();
    const refusal = this.#callerRefusal(call, credentials) ?? this.#limits(call, now);
    if (refusal !== undefined) return { reply: refusal };
    switch (call.call) {
      case 'issue':
        return this.#issue(call, now);
      case 'fetch':
        return { reply: this.#fetch(call, parameters, now) };
      case 'compare':
        return { reply: this.#compare(call, parameters, now) };
    }
  }

  reset(): void {
    this.#random = this.#seededRandom.fork('keys');
    this.#quota.clear();
    this.#rate.clear();
  }

  /** Returns undefined if the caller may make the call: on `ncloud` a fetch does not say who the caller is. */
  #callerRefusal({ platform, kind, call }: RecognisedCall, credentials: Credentials): Reply | undefined {
    const { kinds, ncloudFetchNeedsCredentials } = this.#settings;
    if (platform === 'ncloud' && call === 'fetch' && !ncloudFetchNeedsCredentials) return undefined;
    const refusal = credentialRefusal(platform, credentials, this.#settings);
    return refusal ?? (kinds.includes(kind) ? undefined : notTicked(platform));
  }

  #limits({ platform, kind, call }: RecognisedCall, now: number): Reply | undefined {
    if (this.#rate.add(now) > this.#settings.rateLimitPerSecond) return rateLimited(platform);
    // Issuing and comparing count against the quota, fetching does not (documented).
    if (call === 'fetch') return undefined;
    const quota = platform === 'developers' ? this.#settings.dailyQuota : this.#settings.ncloudDailyQuota;
    const count = this.#quota.add(`${platform} ${kind}`, now);
    return count > quota ? quotaExceeded(platform, count, quota) : undefined;
  }

  #issue({ platform, kind }: RecognisedCall, now: number): { reply: Reply; issued: StoredKey } {
    let key: string;
    do key = this.#random.text(keyLength, keyAlphabet);
    while (this.#keys.has(key));
    const { answerLength, audioAnswerLength, keyTtlMs } = this.#settings;
    const answer =
      kind === 'image'
        ? this.#random.text(this.#random.integer(...answerLength), answerAlphabet)
        : this.#random.text(this.#random.integer(...audioAnswerLength), '0123456789');
    const issued: StoredKey = {
      key,
      platform,
      kind,
      answer,
      issuedAt: now,
      expiresAt: now + keyTtlMs,
      fetchedAt: undefined,
      comparedAt: undefined,
      comparisons: 0,
      right: false,
    };
    this.#keys.add(issued);
    // JSON with the content type of plain text (documented).
    return {
      issued,
      reply: { status: 200, contentType: 'text/plain;charset=UTF-8', body: JSON.stringify({ key }) },
    };
  }

  #fetch(call: RecognisedCall, { key }: CallParameters, now: number): Reply {
    const stored = this.#find(call, key, now);
    if (stored === undefined) return invalidKey();
    stored.fetchedAt ??= now;
    const type = stored.kind === 'image' ? 'image/jpeg' : 'audio/wav';
    return {
      status: 200,
      contentType: call.platform === 'developers' ? `${type};charset=UTF-8` : type,
      mediaOf: stored,
    };
  }

  #compare(call: RecognisedCall, { key, value = '' }: CallParameters, now: number): Reply {
    const stored = this.#find(call, key, now);
    if (stored === undefined) return invalidKey();
    if (stored.fetchedAt === undefined) return unissued(stored.kind);
    stored.comparisons += 1;
    stored.comparedAt = now;
    stored.right = this.#matches(value, stored.answer);
    const seconds = responseTimeSeconds(stored.fetchedAt, now);
    const withTime = stored.kind === 'image' || this.#settings.audioResponseTime;
    return json(stored.right ? 200 : this.#settings.wrongAnswerStatus, {
      result: stored.right,
      ...(withTime
        ? { responseTime: this.#settings.responseTimeType === 'number' ? seconds : String(seconds) }
        : {}),
    });
  }

  /** Returns undefined if NAVER says 'Invalid key.': unknown, expired, used up, or of another kind or platform. */
  #find({ platform, kind }: RecognisedCall, key: string | undefined, now: number): StoredKey | undefined {
    const stored = key === undefined ? undefined : this.#keys.get(key);
    if (stored?.platform !== platform || stored.kind !== kind) return undefined;
    if (now >= stored.expiresAt || stored.comparisons >= this.#settings.comparisonsPerKey) return undefined;
    return stored;
  }

  #matches(value: string, answer: string): boolean {
    return this.#settings.caseSensitive ? value === answer : value.toUpperCase() === answer;
  }
}

/** Returns undefined if id and secret are the expected ones. */
function credentialRefusal(
  platform: EmulatorPlatform,
  { id, secret }: Credentials,
  { clientId, clientSecret }: Settings,
): TextReply | undefined {
  if (id === undefined || id === '' || secret === undefined || secret === '')
    return missingCredentials(platform);
  if (id !== clientId || secret !== clientSecret) return wrongCredentials(platform);
  return undefined;
}

const longestResponseTimeSeconds = 7200;

/** Seconds from the first fetch, with two decimals; -1 if negative or longer than 7200 (documented). */
function responseTimeSeconds(fetchedAt: number, now: number): number {
  const seconds = Math.round((now - fetchedAt) / 10) / 100;
  return seconds >= 0 && seconds <= longestResponseTimeSeconds ? seconds : -1;
}
