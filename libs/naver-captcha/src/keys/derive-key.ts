import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, string, number, { N: number; r: number; p: number }, Buffer>(scrypt);

/**
 * Client secrets are short, and a fast derivation would let whoever holds something made of one search for it offline.
 * The parameters are part of the format of sealed keys. About 50 ms, off the main thread.
 */
export async function deriveKey(secret: string, salt: readonly string[], length: number): Promise<Buffer> {
  return derive(secret, salt.join('\0'), length, { N: 2 ** 14, r: 8, p: 1 });
}
