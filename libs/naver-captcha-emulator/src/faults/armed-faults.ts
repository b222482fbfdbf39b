import type { RecognisedCall } from '../protocol/call.js';
import type { Random } from '../random.js';
import type { ArmedFault, EmulatorFault } from './fault.js';
import type { ParsedFault } from './parse-fault.js';

interface Entry extends ParsedFault {
  readonly id: number;
  readonly random: Random;
  left: number;
  seen: number;
  hits: number;
}

/**
 * The faults that are set. At most one fault hits a call: the oldest `failNext` that matches, else the oldest
 * `failEvery` that is due, else the oldest `failShare` that draws it. Every `failEvery` and `failShare` counts every call
 * that matches it, whichever fault hits, so that one fault does not shift another.
 */
export class ArmedFaults {
  readonly #random: Random;
  #entries: Entry[] = [];
  #nextId = 1;

  constructor(random: Random) {
    this.#random = random.fork('faults');
  }

  arm(parsed: ParsedFault): ArmedFault {
    const id = this.#nextId;
    this.#nextId += 1;
    const once = parsed.every === undefined && parsed.share === undefined;
    const entry: Entry = {
      ...parsed,
      id,
      random: this.#random.fork(String(id)),
      left: parsed.fault.times ?? (once ? 1 : Infinity),
      seen: 0,
      hits: 0,
    };
    this.#entries.push(entry);
    return view(entry);
  }

  /** Counts this call. Returns undefined if no fault hits it. */
  next(call: RecognisedCall): EmulatorFault | undefined {
    if (this.#entries.length === 0) return undefined;
    const due = this.#entries.filter((entry) => matches(entry.fault, call)).filter(isDue);
    const hit = due.sort((a, b) => rank(a) - rank(b) || a.id - b.id)[0];
    if (hit === undefined) return undefined;
    hit.left -= 1;
    hit.hits += 1;
    if (hit.left <= 0) this.#entries = this.#entries.filter((entry) => entry !== hit);
    return hit.fault;
  }

  list(): ArmedFault[] {
    return this.#entries.map(view);
  }

  /** Returns false if no fault has this id. */
  disarm(id: number): boolean {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    return this.#entries.length < before;
  }

  clear(): void {
    this.#entries = [];
  }

  /** Also starts the ids again from 1, so that the same seed draws the same calls. */
  reset(): void {
    this.clear();
    this.#nextId = 1;
  }
}

const matches = ({ call, kind, platform }: EmulatorFault, to: RecognisedCall): boolean =>
  (call ?? to.call) === to.call && (kind ?? to.kind) === to.kind && (platform ?? to.platform) === to.platform;

/** Counts the call. Returns whether the fault is due on it. */
function isDue(entry: Entry): boolean {
  entry.seen += 1;
  if (entry.every !== undefined) return entry.seen % entry.every === 0;
  if (entry.share !== undefined) return entry.random.fraction() < entry.share;
  return true;
}

const rank = ({ every, share }: Entry): number => (every !== undefined ? 1 : share !== undefined ? 2 : 0);

const view = ({ id, fault, every, share, hits }: Entry): ArmedFault => ({ id, fault, every, share, hits });
