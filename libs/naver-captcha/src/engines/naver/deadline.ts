/** The moment by which a call to NAVER has come to its end, all tries and pauses together. */
export class Deadline {
  readonly #timer: NodeJS.Timeout;
  #listener: (() => void) | undefined;
  #controller: AbortController | undefined;
  #expired = false;

  constructor(milliseconds: number) {
    this.#timer = setTimeout(() => {
      this.#expired = true;
      this.#listener?.();
      this.#controller?.abort();
    }, milliseconds).unref();
  }

  get expired(): boolean {
    return this.#expired;
  }

  /** For whoever only understands signals; made when it is asked for, since it costs more than the rest of a call's clockwork. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#expired) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /** Whom to tell when it passes: one at a time, the one try under way. Told at once where it has passed. */
  set listener(listener: (() => void) | undefined) {
    this.#listener = listener;
    if (this.#expired) listener?.();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
