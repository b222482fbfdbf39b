import { createHash, pbkdf2Sync, randomBytes, randomInt } from 'node:crypto';

import type { Puzzle } from 'naver-captcha-widget/solver';

export interface MadePuzzle {
  readonly puzzle: Puzzle;
  /** The value that answers it. */
  readonly value: string;
}

export interface PuzzleSetup {
  readonly parts: number;
  readonly counters: number;
  /** The counter that solves each part; by chance if it is left out. */
  readonly counter?: number;
  readonly cost?: number;
}

/** Makes a puzzle as the server does, but with the crypto of Node.js. */
export function makePuzzle({ parts, counters, counter, cost = 1_000 }: PuzzleSetup): MadePuzzle {
  const made = Array.from({ length: parts }, () => {
    const nonce = randomBytes(16);
    const salt = randomBytes(16);
    const suffix = Buffer.alloc(4);
    suffix.writeUInt32BE(counter ?? randomInt(counters));
    const derived = pbkdf2Sync(Buffer.concat([nonce, suffix]), salt, cost, 32, 'sha256');
    const parameters = {
      algorithm: 'PBKDF2/SHA-256',
      cost,
      keyLength: 32,
      keyPrefix: derived.toString('hex', 0, 16),
      nonce: nonce.toString('hex'),
      salt: salt.toString('hex'),
    };
    return { parameters, half: derived.subarray(16) };
  });
  const halves = Buffer.concat(made.map(({ half }) => half));
  const value = parts === 1 ? halves : createHash('sha256').update(halves).digest().subarray(0, 16);
  return {
    puzzle: { parts: made.map(({ parameters }) => ({ parameters })), counters },
    value: value.toString('hex'),
  };
}
