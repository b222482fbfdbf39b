import { Deadline } from '../../deadline.js';
import type { CaptchaStore, CaptchaStoreLimit, CaptchaStoreTaking } from '../../store/captcha-store.js';
import { RedisCaptchaStoreError } from './redis-captcha-store.error.js';
import { type RedisCaptchaClient, type ScriptRunner, scriptRunner } from './redis-client.js';
import { DELETE, GET, type RedisScript, RELEASE, SET, TAKE } from './scripts.js';

/** How a {@link RedisCaptchaStore} is set up. */
export interface RedisCaptchaStoreOptions {
  /** An ioredis `Redis` or `Cluster`, or a connected node-redis client or cluster. It stays yours: close it yourself. */
  readonly client: RedisCaptchaClient;
  /**
   * What every key in Redis begins with.
   * @default 'naver-captcha:'
   */
  readonly prefix?: string | undefined;
  /**
   * Milliseconds one operation waits for Redis, a lost connection included. Time in which this process is too busy to
   * read an answer does not count.
   * @default 250
   */
  readonly timeoutMs?: number | undefined;
}

/** A client keeps what it cannot send yet. While Redis is away, that must not grow for ever. */
const MAX_UNANSWERED = 10_000;

/**
 * Remembers in Redis, so that several processes share one memory and restarts forget nothing. Each operation is
 * atomic and one round trip, and every key expires.
 *
 * While Redis is down or slow an operation waits for `timeoutMs` and then throws, and the module tells the client
 * `CAPTCHA_UNAVAILABLE`. There is no other policy on purpose: whoever lets requests through without the memory of used
 * keys lets used keys through. It works again as soon as the client has its connection back.
 *
 * What timed out may still be carried out when Redis is back. Nobody has acted on such a taking, so it is released
 * as soon as its answer comes; should that fail too, a key is spent without having passed, never the other way round.
 */
export class RedisCaptchaStore implements CaptchaStore {
  readonly #runner: ScriptRunner;
  readonly #prefix: string;
  readonly #timeoutMs: number;
  #unanswered = 0;

  constructor({ client, prefix, timeoutMs }: RedisCaptchaStoreOptions) {
    this.#runner = scriptRunner(client);
    this.#prefix = prefix ?? 'naver-captcha:';
    this.#timeoutMs = timeoutMs ?? 250;
    if (!Number.isInteger(this.#timeoutMs) || this.#timeoutMs < 1 || this.#timeoutMs > 60_000) {
      throw new RangeError(
        'timeoutMs of RedisCaptchaStore must be a whole number of milliseconds, 1 to 60000.',
      );
    }
  }

  async take(name: string, { limit, ttlMs }: CaptchaStoreLimit): Promise<CaptchaStoreTaking> {
    const reply = await this.#run('take', TAKE, name, [String(limit), lifetime(ttlMs)], (late) => {
      if (parseTaking(late)?.taken === true) this.release(name).catch(() => undefined);
    });
    const taking = parseTaking(reply);
    if (taking === undefined) throw unexpectedReply('take');
    return taking;
  }

  async release(name: string): Promise<void> {
    await this.#run('release', RELEASE, name);
  }

  async get(name: string): Promise<number> {
    const count = parseCount(await this.#run('get', GET, name));
    if (count === undefined) throw unexpectedReply('get');
    return count;
  }

  async set(name: string, count: number, { ttlMs }: { readonly ttlMs: number }): Promise<void> {
    await this.#run('set', SET, name, [String(count), lifetime(ttlMs)]);
  }

  async delete(name: string): Promise<void> {
    await this.#run('delete', DELETE, name);
  }

  async #run(
    operation: keyof CaptchaStore,
    script: RedisScript,
    name: string,
    parameters: readonly string[] = [],
    onLateReply: (reply: unknown) => void = () => undefined,
  ): Promise<unknown> {
    if (this.#unanswered >= MAX_UNANSWERED) {
      throw new RedisCaptchaStoreError(
        'overload',
        `Redis owes ${this.#unanswered} answers, and is asked nothing more until it gives some. Is it up?`,
      );
    }
    this.#unanswered += 1;
    // Without a clock: time in which this process itself is busy is not Redis's.
    const deadline = new Deadline(this.#timeoutMs);
    const answer = this.#evaluate(script, this.#prefix + name, parameters, deadline).finally(() => {
      this.#unanswered -= 1;
    });
    try {
      return await this.#inTime(answer, deadline, onLateReply);
    } catch (thrown) {
      if (thrown instanceof RedisCaptchaStoreError) throw thrown;
      // Not as `cause`: the client's errors hold addresses, and the command that failed may have been AUTH.
      throw new RedisCaptchaStoreError(
        'error',
        `Redis could not carry out "${operation}": ${codeOf(thrown)}.`,
      );
    }
  }

  async #evaluate(
    script: RedisScript,
    key: string,
    parameters: readonly string[],
    deadline: Deadline,
  ): Promise<unknown> {
    try {
      return await this.#runner.byName(script, key, parameters);
    } catch (thrown) {
      // A Redis that was started anew knows no scripts. Whoever asked too long ago was told that it failed.
      if (codeOf(thrown) !== 'NOSCRIPT' || deadline.expired) throw thrown;
      return await this.#runner.inFull(script, key, parameters);
    }
  }

  #inTime(
    answer: Promise<unknown>,
    deadline: Deadline,
    onLateReply: (reply: unknown) => void,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      deadline.listener = () => {
        reject(
          new RedisCaptchaStoreError(
            'timeout',
            `Redis did not answer within ${this.#timeoutMs} ms. Is it up, and does the client reach it?`,
          ),
        );
      };
      answer
        .then((reply) => {
          if (deadline.expired) onLateReply(reply);
          else resolve(reply);
        })
        .catch(reject)
        .finally(() => {
          deadline.clear();
        });
    });
  }
}

/** Redis takes whole milliseconds, and no lifetime that is over already. */
function lifetime(ttlMs: number): string {
  return String(Math.max(1, Math.ceil(ttlMs)));
}

function parseTaking(reply: unknown): CaptchaStoreTaking | undefined {
  const [taken, count] = Array.isArray(reply) ? reply.map(parseCount) : [];
  return taken === undefined || count === undefined ? undefined : { taken: taken === 1, count };
}

/** Clients can be told to give numbers as text. */
function parseCount(reply: unknown): number | undefined {
  const count = typeof reply === 'string' && /^-?\d+$/.test(reply) ? Number(reply) : reply;
  return typeof count === 'number' && Number.isSafeInteger(count) ? count : undefined;
}

function unexpectedReply(operation: keyof CaptchaStore): RedisCaptchaStoreError {
  return new RedisCaptchaStoreError(
    'reply',
    `Redis answered "${operation}" with something that is no count.`,
  );
}

/** The one word that tells the kind of an error: Redis's own, Node's, or the name of its class. */
function codeOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return 'unknown';
  const text = (name: string): string => {
    const value: unknown = Reflect.get(thrown, name);
    return typeof value === 'string' ? value : '';
  };
  const [word] = /^[A-Z]{2,32}(?= |$)/.exec(text('message')) ?? [];
  if (word !== undefined) return word;
  return [text('code'), text('name')].find((candidate) => /^\w{2,64}$/.test(candidate)) ?? 'unknown';
}
