import type { CaptchaException } from '../errors.js';
import type { CaptchaEngineName, CaptchaKind, CaptchaMedia, CaptchaPuzzle, NaverCall } from '../types.js';

/** What an engine is asked to do: make a challenge, give its picture or sound, compare an answer. */
export type EngineOperation = NaverCall['operation'];

/** What an engine says of an answer. Each of the three refusals has a sentence of its own for the visitor. */
export type Comparison =
  | { readonly result: 'right'; readonly responseTimeSeconds?: number }
  | { readonly result: 'wrong'; readonly responseTimeSeconds?: number }
  /** The engine does not know the challenge, or no longer. */
  | { readonly result: 'unknown-key' }
  /** The picture or sound of the challenge was never fetched. */
  | { readonly result: 'never-fetched' };

/** A challenge as its engine made it. */
export interface IssuedChallenge {
  /** What the engine needs to recognise the challenge, at most 40 bytes. The key contains it, and hides it. */
  readonly payload: Buffer;
  /** What the browser computes; only of work. */
  readonly puzzle?: CaptchaPuzzle;
}

/** Work as its engine made it. */
export type IssuedWork = Required<IssuedChallenge>;

/**
 * Makes challenges and compares answers. An engine knows nothing of keys, attempts, limits and requests. Every
 * operation throws a `CaptchaException` if it cannot be carried out; that is never a wrong answer.
 */
export interface CaptchaEngine {
  readonly name: CaptchaEngineName;
  readonly kinds: readonly CaptchaKind[];
  /** The form of an answer after NFKC and trim; any other answer is refused without asking the engine. */
  readonly answerPattern: Readonly<Partial<Record<CaptchaKind, RegExp>>>;
  /** The exception that the operation would throw, if this process knows it without I/O; otherwise undefined. */
  refusalOf(operation: EngineOperation, kind: CaptchaKind): CaptchaException | undefined;
  /** Makes a challenge of one of its kinds. */
  issue(kind: CaptchaKind): Promise<IssuedChallenge>;
  /**
   * The picture or the sound of a challenge.
   * @param seed yields the bytes from which an engine of our own draws; absent if the challenge is not sealed yet
   */
  media(kind: CaptchaKind, payload: Buffer, seed?: () => Buffer): Promise<CaptchaMedia>;
  /** Compares an answer with a challenge. */
  compare(kind: CaptchaKind, payload: Buffer, value: string): Promise<Comparison>;
}

/** The engine of work: it makes tolls too. */
export interface CaptchaWork extends CaptchaEngine {
  /** The work that takes the place of a picture. */
  issue(): Promise<IssuedWork>;
  /** The work of a toll. @param level 1 to 5 */
  issueToll(level: number): Promise<IssuedWork>;
  /** Whether the value solves the puzzle of this payload. */
  isSolution(payload: Buffer, value: string): boolean;
}
