import type { EmulatorKey } from '../handle/emulator-key.js';
import type { EmulatorRequest } from '../handle/emulator-request.js';
import type { ArmedFault } from '../faults/fault.js';

/** What a page that watches is told. */
export type FeedEvent =
  | { readonly type: 'key'; readonly data: EmulatorKey }
  | { readonly type: 'request'; readonly data: EmulatorRequest }
  | { readonly type: 'faults'; readonly data: readonly ArmedFault[] }
  | { readonly type: 'reset'; readonly data: null };

type Listener = (event: FeedEvent) => void;

/** News of the emulator, for whoever listens. */
export class Feed {
  readonly #listeners = new Set<Listener>();

  /** Whether anybody listens: without, there is no need to put an event together. */
  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  publish(event: FeedEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Returns how to stop listening. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
