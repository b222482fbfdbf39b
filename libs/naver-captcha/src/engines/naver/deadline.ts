/** The moment by which a call to NAVER must end, including all its attempts and the pauses between them. */
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

  /** For functions that take an AbortSignal. Made on first use, because making it costs more than the timer. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#expired) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /** Runs when the deadline passes, or at once if it has passed. A new listener replaces the previous one. */
  set listener(listener: (() => void) | undefined) {
    this.#listener = listener;
    if (this.#expired) listener?.();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
