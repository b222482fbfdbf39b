/** A page that sends with `fetch` reports the end itself; only a double click has to be caught. */
const FETCH_MS = 2_000;
/** The longest time the browser may take to load the next page after a plain post. */
const PLAIN_POST_MS = 30_000;

/**
 * Stops the second submit of a form: NAVER accepts an answer once, so the second request would be refused, and its reply
 * is the reply that the visitor sees.
 */
export class DoubleSubmit {
  #event: SubmitEvent | undefined;
  #key: string | undefined;
  #at = 0;

  /** Returns false, and stops the event, if the form is still being sent with this key. */
  admit(event: SubmitEvent, key: string): boolean {
    const busyMs = this.#event?.defaultPrevented ? FETCH_MS : PLAIN_POST_MS;
    if (this.isSpent(key) && Date.now() - this.#at < busyMs) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return false;
    }
    this.#event = event;
    this.#key = key;
    this.#at = Date.now();
    return true;
  }

  /** Whether the form was sent with this key, so that the server may have used it up. */
  isSpent(key: string): boolean {
    return key === this.#key;
  }

  /** The visitor edits the form, so the server refused it or will get other data: it may be sent again. */
  readonly edited = (): void => {
    this.#at = 0;
  };

  /** The server refused the form. */
  reset(): void {
    this.#key = undefined;
  }
}

/**
 * Sends the form as the browser does when Enter is pressed in a field: presses the first submit button, or submits if
 * there is no button. A field in a shadow tree has no form, so the browser does not do it.
 */
export function sendForm(form: HTMLFormElement | null): void {
  for (const control of form?.elements ?? []) {
    if (control instanceof HTMLElement && control.matches('[type=submit], button:not([type])')) {
      control.click();
      return;
    }
  }
  form?.requestSubmit();
}
