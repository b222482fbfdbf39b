import { Deadline } from '../../deadline.js';
import type { CaptchaStore, CaptchaStoreLimit, CaptchaStoreTaking } from '../../store/captcha-store.js';
import { isObject } from '../../unknown-values.js';
import { RedisCaptchaStoreError } from './redis-captcha-store.error.js';
import { type RedisCaptchaClient, type ScriptRunner, scriptRunner } from './redis-client.js';
import { DELETE, GET, POP, type RedisScript, RELEASE, SET, TAKE } from './scripts.js';

/** The options of a {@link RedisCaptchaStore}. */
export interface RedisCaptchaStoreOptions {
  /** An ioredis `Redis` or `Cluster`, or a connected node-redis client or cluster. The store never closes it. */
  readonly client: RedisCaptchaClient;
  /**
   * The prefix of every key in Redis.
   * @default 'naver-captcha:'
   */
  readonly prefix?: string | undefined;
  /**
   * Milliseconds that one operation waits for Redis, including for a lost connection. Time in which this process is too
   * busy to read a reply does not count.
   * @default 250
   */
  readonly timeoutMs?: number | undefined;
}

/** While Redis is down, its client queues commands; this limits their number. */
const MAX_PENDING = 10_000;

const REMEDY = 'Check that Redis runs and that the client is connected to it.';

/**
 * Remembers used keys and counts in Redis, so that all processes share them and a restart does not lose them. Each
 * operation is atomic and one round trip, and every key expires.
 *
 * While Redis is down or slow, each operation throws after `timeoutMs`, and visitors get `CAPTCHA_UNAVAILABLE`. No
 * option lets their requests through, because a used key could then pass again. The store works again as soon as the
 * client has reconnected.
 *
 * Redis may still carry out a command that timed out. The caller did not act on such a taking, so the store releases it
 * when its reply comes; if the release fails too, a key is spent without having passed, but never passes twice.
 */
export class RedisCaptchaStore implements CaptchaStore {
  readonly #runner: ScriptRunner;
  readonly #prefix: string;
  readonly #timeoutMs: number;
  #pending = 0;

  constructor({ client, prefix, timeoutMs }: RedisCaptchaStoreOptions) {
    this.#runner = scriptRunner(client);
    this.#prefix = prefix ?? 'naver-captcha:';
    this.#timeoutMs = timeoutMs ?? 250;
    if (!Number.isInteger(this.#timeoutMs) || this.#timeoutMs < 1 || this.#timeoutMs > 60_000) {
      throw new RangeError(
        'timeoutMs of RedisCaptchaStore must be a whole number of milliseconds from 1 to 60000.',
      );
    }
  }

  async take(name: string, { limit, ttlMs, amount = 1 }: CaptchaStoreLimit): Promise<CaptchaStoreTaking> {
    const reply = await this.#run(TAKE, name, [String(limit), lifetime(ttlMs), String(amount)], (late) => {
      if (parseTaking(late)?.taken === true) this.release(name, amount).catch(() => undefined);
    });
    const taking = parseTaking(reply);
    if (taking === undefined) throw unexpectedReply();
    return taking;
  }

  async release(name: string, amount = 1): Promise<void> {
    await this.#run(RELEASE, name, [String(amount)]);
  }

  async get(name: string): Promise<number> {
    const count = parseCount(await this.#run(GET, name));
    if (count === undefined) throw unexpectedReply();
    return count;
  }

  async pop(name: string): Promise<number> {
    const count = parseCount(await this.#run(POP, name));
    if (count === undefined) throw unexpectedReply();
    return count;
  }

  async set(name: string, count: number, { ttlMs }: { readonly ttlMs: number }): Promise<void> {
    await this.#run(SET, name, [String(count), lifetime(ttlMs)]);
  }

  async delete(name: string): Promise<void> {
    await this.#run(DELETE, name);
  }

  async #run(
    script: RedisScript,
    name: string,
    parameters: readonly string[] = [],
    onLateReply: (reply: unknown) => void = () => undefined,
  ): Promise<unknown> {
    if (this.#pending >= MAX_PENDING) {
      throw new RedisCaptchaStoreError(
        'overload',
        `${this.#pending} Redis commands are pending, so no more are sent. ${REMEDY}`,
      );
    }
    this.#pending += 1;
    // Without a clock: time in which this process itself is busy does not count.
    const deadline = new Deadline(this.#timeoutMs);
    const answer = this.#evaluate(script, this.#prefix + name, parameters, deadline).finally(() => {
      this.#pending -= 1;
    });
    try {
      return await this.#inTime(answer, deadline, onLateReply);
    } catch (thrown) {
      if (thrown instanceof RedisCaptchaStoreError) throw thrown;
      // Not as `cause`: the client's errors contain addresses, and the command that failed may have been AUTH.
      throw new RedisCaptchaStoreError('error', refusedCommand(thrown));
    }
  }

  async #evaluate(
    script: RedisScript,
    key: string,
    parameters: readonly string[],
    deadline: Deadline,
  ): Promise<unknown> {
    try {
      return await this.#runner.byHash(script, key, parameters);
    } catch (thrown) {
      // A restarted Redis has no scripts. After the deadline the caller has its error already, so no retry.
      if (codeOf(thrown) !== 'NOSCRIPT' || deadline.expired) throw thrown;
      return await this.#runner.bySource(script, key, parameters);
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
            `Redis did not answer within ${this.#timeoutMs} ms. ${REMEDY}`,
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

/** Redis accepts only whole milliseconds above 0. */
function lifetime(ttlMs: number): string {
  return String(Math.max(1, Math.ceil(ttlMs)));
}

function parseTaking(reply: unknown): CaptchaStoreTaking | undefined {
  const [taken, count] = Array.isArray(reply) ? reply.map(parseCount) : [];
  return taken === undefined || count === undefined ? undefined : { taken: taken === 1, count };
}

/** Clients can be configured to return numbers as text. */
function parseCount(reply: unknown): number | undefined {
  const count = typeof reply === 'string' && /^-?\d+$/.test(reply) ? Number(reply) : reply;
  return typeof count === 'number' && Number.isSafeInteger(count) ? count : undefined;
}

function unexpectedReply(): RedisCaptchaStoreError {
  return new RedisCaptchaStoreError(
    'reply',
    "Redis answered with a value that is not a count. Check the client's options for replies, and any proxy before Redis.",
  );
}

/** Names no operation, so that one cause is one line of the log. */
function refusedCommand(thrown: unknown): string {
  // Observed with 5.10.1: it chooses the pipeline by the name of the script; 5.11.0 chooses it by the key.
  if (thrown instanceof Error && /^All (the )?keys in (the|a) pipeline/.test(thrown.message)) {
    return (
      'ioredis sent commands for several nodes of the cluster in one pipeline, as it does before version 5.11 with ' +
      'enableAutoPipelining. Upgrade ioredis to 5.11 or later, or set enableAutoPipelining to false.'
    );
  }
  return `Redis could not carry out a command (${codeOf(thrown)}). ${REMEDY}`;
}

/** The one word that identifies an error: the code of Redis, the code of Node.js, or the name of its class. */
function codeOf(thrown: unknown): string {
  if (!isObject(thrown)) return 'unknown';
  const text = (name: string): string => {
    const value = thrown[name];
    return typeof value === 'string' ? value : '';
  };
  const [word] = /^[A-Z]{2,32}(?= |$)/.exec(text('message')) ?? [];
  if (word !== undefined) return word;
  return [text('code'), text('name')].find((candidate) => /^\w{2,64}$/.test(candidate)) ?? 'unknown';
}
