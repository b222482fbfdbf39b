import type { ServerResponse } from 'node:http';
import type { Random } from '../random/random.js';

export const latencyOf = (latencyMs: number | readonly [number, number], random: Random): number =>
  typeof latencyMs === 'number' ? latencyMs : random.between(...latencyMs);

/** Waits, but no longer than the caller does. */
export const wait = (ms: number, res: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      res.off('close', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    res.once('close', end);
  });
