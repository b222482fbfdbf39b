import type { ArmedFault } from '../faults/fault.js';
import type { EmulatorKey } from '../store/key-store.js';
import type { EmulatorRequest } from '../store/request-log.js';

/** A change of the emulator's state, as open pages receive it. */
export type EmulatorEvent =
  | { readonly type: 'key'; readonly data: EmulatorKey }
  | { readonly type: 'request'; readonly data: EmulatorRequest }
  | { readonly type: 'faults'; readonly data: readonly ArmedFault[] }
  | { readonly type: 'reset'; readonly data: null };

type Listener = (event: EmulatorEvent) => void;

/** Passes events on to every listener. */
export class EventFeed {
  readonly #listeners = new Set<Listener>();

  /** False if there is no listener, so that the caller need not build an event. */
  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  publish(event: EmulatorEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Returns a function that ends the subscription. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
