/** A timer that fires late shows that this process was busy, so the wait is cut into this many timers. */
const SLICES = 8;
/** Turns of the event loop that read what has arrived: a reply may need one for the socket and one for its body. */
const READING_TURNS = 3;
/** A call that lost this share of its time to this process shows nothing about the other side. */
const LAG_SHARE = 0.25;
/** Timers are a little late in every process. */
const LEAST_LAG_MS = 50;

/**
 * The moment by which something must have ended. A busy process fires its timers before it reads its sockets, so the
 * deadline first lets the event loop read what has arrived, and passes only then.
 */
export class Deadline {
  readonly #startedAt: number;
  readonly #sliceMs: number;
  #timer: NodeJS.Timeout;
  #immediate: NodeJS.Immediate | undefined;
  #dueMs: number;
  #lagMs = 0;
  #listener: (() => void) | undefined;
  #controller: AbortController | undefined;
  #expired = false;

  /**
   * @param spanMs the clock that shows how late timers fire. Without it the time by which they fire late is not
   * counted, so that the other side always has all its milliseconds.
   */
  constructor(
    private readonly milliseconds: number,
    private readonly spanMs: () => number = () => 0,
  ) {
    this.#startedAt = spanMs();
    this.#sliceMs = Math.ceil(milliseconds / SLICES);
    this.#dueMs = this.#sliceMs;
    this.#timer = this.#sleep(this.#sliceMs);
  }

  get expired(): boolean {
    return this.#expired;
  }

  /** Whether this process was busy for so much of the time that it may have read, or sent, too late. */
  get lagged(): boolean {
    const overdueMs = Math.max(0, this.spanMs() - this.#startedAt - this.#dueMs);
    return this.#lagMs + overdueMs >= Math.max(LEAST_LAG_MS, this.milliseconds * LAG_SHARE);
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
    clearImmediate(this.#immediate);
  }

  #sleep(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#wake();
    }, milliseconds).unref();
  }

  #wake(): void {
    const lateMs = Math.max(0, this.spanMs() - this.#startedAt - this.#dueMs);
    this.#lagMs += lateMs;
    const passedMs = this.#dueMs + lateMs;
    const leftMs = this.milliseconds - passedMs;
    if (leftMs <= 0) {
      this.#dueMs = passedMs;
      this.#read(READING_TURNS);
      return;
    }
    const sliceMs = Math.min(this.#sliceMs, leftMs);
    this.#dueMs = passedMs + sliceMs;
    this.#timer = this.#sleep(sliceMs);
  }

  #read(turns: number): void {
    this.#immediate = setImmediate(() => {
      if (turns > 1) this.#read(turns - 1);
      else this.#expire();
    });
  }

  #expire(): void {
    this.#expired = true;
    this.#listener?.();
    this.#controller?.abort();
  }
}
