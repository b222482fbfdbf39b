import type { View } from './view.js';

/** Each new challenge counts against the site's quota, so two presses are at least this far apart. */
const AFTER_PRESS_SECONDS = 2;
/** A `Retry-After` of hours would disable the buttons for a visitor who comes back later. */
const LONGEST_SECONDS = 60;

/** The time in which the buttons make no new challenge: after a press, and as long as the server's `Retry-After` asks. */
export class CoolDown {
  readonly #view: View;
  #until = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(view: View) {
    this.#view = view;
  }

  get active(): boolean {
    return Date.now() < this.#until;
  }

  start(seconds = AFTER_PRESS_SECONDS): void {
    const ms = Math.min(seconds, LONGEST_SECONDS) * 1_000;
    this.#until = Date.now() + ms;
    this.#view.cool(true);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#view.cool(false);
    }, ms);
  }
}
