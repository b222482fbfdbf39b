/** A part of a puzzle: a version 2 challenge of ALTCHA. */
export interface PuzzlePart {
  readonly parameters: {
    readonly cost: number;
    /** What the first half of the derived key must be, in hex like `nonce` and `salt`. */
    readonly keyPrefix: string;
    readonly nonce: string;
    readonly salt: string;
  };
}

/** What the server asks the browser to compute. */
export interface Puzzle {
  readonly parts: readonly PuzzlePart[];
  /** The counter of each part is below this number. */
  readonly counters: number;
}

export interface SolveOptions {
  readonly signal?: AbortSignal;
  /** Gets the share of all counters that were tried, from 0 to 1. The solution comes at a half on average. */
  readonly onProgress?: (share: number) => void;
}

/** More would only wait for the browser's threads, and all their results could arrive in one long task. */
const MOST_IN_FLIGHT = 8;
/** Half of the derived key in hex: the first half is compared, the second is the answer. */
const HALF = 32;

/**
 * Computes the value that answers a puzzle.
 * @throws DOMException `AbortError` if `signal` is aborted
 * @throws RangeError if no counter solves a part
 */
export async function solve(puzzle: Puzzle, { signal, onProgress }: SolveOptions = {}): Promise<string> {
  const { parts, counters } = puzzle;
  let answers = '';
  let done = 0;
  for (const part of parts) {
    const report = (tried: number): void => onProgress?.((done + tried / counters) / parts.length);
    answers += await solvePart(part, counters, report, signal);
    done++;
  }
  return done === 1 ? answers : hex(await crypto.subtle.digest('SHA-256', bytes(answers))).slice(0, HALF);
}

/** Tries the counters in order, a few at a time, so that the browser's crypto threads are busy and the page stays free. */
async function solvePart(
  { parameters: { cost, keyPrefix, nonce, salt } }: PuzzlePart,
  counters: number,
  report: (tried: number) => void,
  signal: AbortSignal | undefined,
): Promise<string> {
  const settings = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes(salt), iterations: cost };
  let next = 0;
  let answer: string | undefined;
  const tryCounters = async (): Promise<void> => {
    while (!answer && next < counters) {
      signal?.throwIfAborted();
      const password = bytes(nonce + (next++).toString(16).padStart(8, '0'));
      const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
      const derived = hex(await crypto.subtle.deriveBits(settings, key, 256));
      if (derived.startsWith(keyPrefix)) answer = derived.slice(HALF);
      report(next);
    }
  };
  const inFlight = Math.min(navigator.hardwareConcurrency + 1, MOST_IN_FLIGHT);
  await Promise.all(Array.from({ length: inFlight }, tryCounters));
  if (!answer) throw new RangeError('Unsolvable.');
  return answer;
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function hex(data: ArrayBuffer): string {
  return Array.from(new Uint8Array(data), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
