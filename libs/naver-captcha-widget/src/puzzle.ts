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
/** Half of the derived key: the first half is compared, the second is the answer. */
const HALF = 16;

/**
 * Computes the value that answers a puzzle.
 * @throws DOMException `AbortError` if `signal` is aborted
 * @throws RangeError if no counter solves a part
 */
export async function solve(puzzle: Puzzle, { signal, onProgress }: SolveOptions = {}): Promise<string> {
  const { parts, counters } = puzzle;
  const answers: Uint8Array<ArrayBuffer>[] = [];
  for (const part of parts) {
    const report = (tried: number): void => onProgress?.((answers.length + tried / counters) / parts.length);
    answers.push(await solvePart(part, counters, report, signal));
  }
  const [first = new Uint8Array(), ...others] = answers;
  if (!others.length) return hex(first);
  const all = await new Blob(answers).arrayBuffer();
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', all)).subarray(0, HALF));
}

/** Tries the counters in order, a few at a time, so that the browser's crypto threads are busy and the page stays free. */
async function solvePart(
  { parameters: { cost, keyPrefix, nonce, salt } }: PuzzlePart,
  counters: number,
  report: (tried: number) => void,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const settings = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes(salt), iterations: cost };
  let next = 0;
  let answer: Uint8Array<ArrayBuffer> | undefined;
  const tryCounters = async (): Promise<void> => {
    while (!answer && next < counters) {
      signal?.throwIfAborted();
      const password = bytes(nonce + (next++).toString(16).padStart(8, '0'));
      const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
      const derived = new Uint8Array(await crypto.subtle.deriveBits(settings, key, 2 * HALF * 8));
      if (hex(derived).startsWith(keyPrefix)) answer = derived.subarray(HALF);
      report(next);
    }
  };
  const inFlight = Math.min(navigator.hardwareConcurrency + 1, MOST_IN_FLIGHT);
  await Promise.all(Array.from({ length: inFlight }, tryCounters));
  if (!answer) throw new RangeError('No counter solves the puzzle.');
  return answer;
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function hex(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
