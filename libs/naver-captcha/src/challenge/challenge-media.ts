import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

import { CaptchaExpiredException, CaptchaInvalidException, CaptchaMalformedException } from '../errors.js';
import { type CaptchaKeys, type OpenedKey, remainingMs } from '../keys/captcha-keys.js';
import { FetchLimit } from '../limits/fetch-limit.js';
import { CAPTCHA_CLOCK, CAPTCHA_KEYS } from '../tokens.js';
import type { CaptchaClock, CaptchaMedia } from '../types.js';
import { DrawingTurns } from './drawing-turns.js';
import { Engines } from './engines.js';
import { FetchTurns } from './fetch-turns.js';

/** About 2,000 pictures or 100 sounds. */
const MAX_BYTES = 16 * 1024 * 1024;
const UNUSED_ENGINE = 'The application no longer uses the engine that made this challenge.';

/** The challenge whose picture or sound is asked for. */
type ShownChallenge = Pick<OpenedKey, 'engine' | 'kind' | 'payload' | 'expiresAtMs' | 'mediaSeed'>;

/**
 * The pictures and sounds of challenges, each fetched from the engine once if possible: browsers ask repeatedly, and for
 * sounds in pieces.
 */
@Injectable()
export class ChallengeMedia {
  readonly #kept = new LRUCache<string, CaptchaMedia>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ body }) => Math.max(body.length, 1),
  });
  readonly #pending = new Map<string, Promise<CaptchaMedia>>();

  constructor(
    @Inject(Engines) private readonly engines: Engines,
    @Inject(CAPTCHA_KEYS) private readonly keys: CaptchaKeys,
    @Inject(FetchLimit) private readonly limit: FetchLimit,
    @Inject(FetchTurns) private readonly turns: FetchTurns,
    @Inject(DrawingTurns) private readonly drawings: DrawingTurns,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
  ) {}

  /** Fetches the media of a new key from NAVER, so that they are there when the page requests them. */
  async fetchAhead(key: string): Promise<void> {
    const opened = await this.keys.open(key);
    if (opened?.engine === 'naver') await this.fetchOf(opened);
  }

  /**
   * The media of a key that a browser sent.
   * @throws CaptchaMalformedException, CaptchaInvalidException, CaptchaExpiredException if there is none for this key
   */
  async fetch(key: unknown): Promise<CaptchaMedia> {
    if (typeof key !== 'string') throw new CaptchaMalformedException({ detail: 'key must be a string.' });
    const opened = await this.keys.open(key);
    if (opened === undefined) {
      throw new CaptchaInvalidException({ detail: 'This application did not make this key.' });
    }
    if (remainingMs(opened, this.clock.now()) <= 0) {
      throw new CaptchaExpiredException({ detail: 'This key has expired.' });
    }
    return this.fetchOf(opened);
  }

  /**
   * The media of a challenge.
   * @throws CaptchaTooManyException if it was fetched five times already
   */
  async fetchOf(challenge: ShownChallenge): Promise<CaptchaMedia> {
    const name = `${challenge.engine}:${challenge.kind}:${challenge.payload.toString('latin1')}`;
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    let pending = this.#pending.get(name);
    if (pending === undefined) {
      pending = this.#fetchAndKeep(name, challenge).finally(() => {
        this.#pending.delete(name);
      });
      this.#pending.set(name, pending);
    }
    return pending;
  }

  async #fetchAndKeep(name: string, challenge: ShownChallenge): Promise<CaptchaMedia> {
    // Only NAVER's media take sockets.
    const fetching =
      challenge.engine === 'naver'
        ? this.turns.run(() => this.#fetchOnce(challenge))
        : this.#fetchOnce(challenge);
    const media = await fetching;
    this.#kept.set(name, media);
    return media;
  }

  async #fetchOnce(challenge: ShownChallenge): Promise<CaptchaMedia> {
    const engine = this.engines.named(challenge.engine);
    if (engine === undefined) throw new CaptchaExpiredException({ detail: UNUSED_ENGINE });
    await this.limit.take(challenge);
    const make = (): Promise<CaptchaMedia> =>
      engine.media(challenge.kind, challenge.payload, challenge.mediaSeed);
    return engine.name === 'naver' ? make() : this.drawings.run(make);
  }
}
