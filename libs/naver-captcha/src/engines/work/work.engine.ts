import { hash, timingSafeEqual } from 'node:crypto';

import { CaptchaInvalidException } from '../../errors.js';
import type { CaptchaMedia, CaptchaRandom } from '../../types.js';
import type { CaptchaWork, Comparison, IssuedWork } from '../captcha-engine.js';
import { PuzzleParts } from './puzzle-parts.js';

/** The counters of the work that takes the place of a picture: 0.3 s of a laptop at most. */
const CALM_COUNTERS = 1000;
/** Two parts, so that the time a toll takes varies less. */
const TOLL_PARTS = 2;
/** The counters of each part at the lowest level; they double with each level. */
const TOLL_COUNTERS = 400;
const SOLUTION_BYTES = 16;

/**
 * Work: the browser searches a counter, and this application compares what it derives. The payload of a challenge is its
 * solution, so that checking costs a comparison and nothing need be remembered.
 */
export class WorkEngine implements CaptchaWork {
  readonly name = 'work';
  readonly kinds = ['work'] as const;
  readonly answerPattern = Object.freeze({ work: /^[0-9A-Fa-f]{32}$/ });
  readonly #parts: PuzzleParts;

  constructor(random: CaptchaRandom) {
    this.#parts = new PuzzleParts(random);
  }

  refusalOf(): undefined {
    return undefined;
  }

  async issue(): Promise<IssuedWork> {
    return this.#puzzleOf(1, CALM_COUNTERS);
  }

  async issueToll(level: number): Promise<IssuedWork> {
    return this.#puzzleOf(TOLL_PARTS, TOLL_COUNTERS * 2 ** (level - 1));
  }

  async media(): Promise<CaptchaMedia> {
    return Promise.reject(
      new CaptchaInvalidException({ detail: 'A challenge of work has no picture and no sound.' }),
    );
  }

  async compare(_kind: unknown, payload: Buffer, value: string): Promise<Comparison> {
    return Promise.resolve({ result: this.isSolution(payload, value) ? 'right' : 'wrong' });
  }

  /** The value is in hexadecimal digits. */
  isSolution(payload: Buffer, value: string): boolean {
    const given = Buffer.from(value, 'hex');
    return given.length === payload.length && timingSafeEqual(given, payload);
  }

  async #puzzleOf(count: number, counters: number): Promise<IssuedWork> {
    const parts = await Promise.all(Array.from({ length: count }, () => this.#parts.take(counters)));
    const solutions = Buffer.concat(parts.map(({ solution }) => solution));
    return {
      payload: count === 1 ? solutions : hash('sha256', solutions, 'buffer').subarray(0, SOLUTION_BYTES),
      puzzle: { parts: parts.map(({ parameters }) => ({ parameters })), counters },
    };
  }
}
