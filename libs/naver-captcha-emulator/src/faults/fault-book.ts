import type { RecognisedCall } from '../calls/call.js';
import type { Random } from '../random/random.js';
import type { ArmedFault, EmulatorFault } from './fault.js';
import type { FaultOrder } from './parse-fault.js';

interface Entry extends FaultOrder {
  readonly id: number;
  readonly random: Random;
  left: number;
  seen: number;
  hits: number;
}

/**
 * The faults that wait for their calls. A call is hit by one fault at most: the oldest `failNext` that matches, else
 * the oldest `failEvery` whose turn it is, else the oldest `failShare` that draws it. Every `failEvery` and `failShare`
 * counts every call that matches it, whichever fault hits, so that one fault does not shift another.
 */
export class FaultBook {
  #entries: Entry[] = [];
  #nextId = 1;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random.fork('faults');
  }

  arm(order: FaultOrder): ArmedFault {
    const id = this.#nextId;
    this.#nextId += 1;
    const once = order.every === undefined && order.share === undefined;
    const entry: Entry = {
      ...order,
      id,
      random: this.#random.fork(String(id)),
      left: order.fault.times ?? (once ? 1 : Infinity),
      seen: 0,
      hits: 0,
    };
    this.#entries.push(entry);
    return view(entry);
  }

  /** The fault that hits this call, which is now counted. */
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

  /** False if there is no such fault (any more). */
  disarm(id: number): boolean {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    return this.#entries.length < before;
  }

  clear(): void {
    this.#entries = [];
  }

  /** As if just made. */
  reset(): void {
    this.clear();
    this.#nextId = 1;
  }
}

const matches = ({ call, kind, platform }: EmulatorFault, to: RecognisedCall): boolean =>
  (call ?? to.call) === to.call && (kind ?? to.kind) === to.kind && (platform ?? to.platform) === to.platform;

/** Counts the call, and says whether the fault is due on it. */
function isDue(entry: Entry): boolean {
  entry.seen += 1;
  if (entry.every !== undefined) return entry.seen % entry.every === 0;
  if (entry.share !== undefined) return entry.random.fraction() < entry.share;
  return true;
}

const rank = ({ every, share }: Entry): number => (every !== undefined ? 1 : share !== undefined ? 2 : 0);

const view = ({ id, fault, every, share, hits }: Entry): ArmedFault => ({ id, fault, every, share, hits });
