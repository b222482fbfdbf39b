import { h } from './elements.js';

/** A page that sends with `fetch` reports the end itself; only a double click has to be caught. */
const FETCH_MS = 2_000;
/** The longest time the browser may take to load the next page after a plain post. */
const PLAIN_POST_MS = 30_000;

/**
 * Stops the second submit of a form: NAVER accepts an answer once, so the second request would be refused, and its reply
 * is the reply that the visitor sees.
 */
export class DoubleSubmit {
  #event: Event | undefined;
  #key: string | undefined;

  /** Returns false, and stops the event, if the form is still being sent with this key. */
  admit(event: Event, key: string): boolean {
    const first = this.#event;
    const busyMs = first?.defaultPrevented ? FETCH_MS : PLAIN_POST_MS;
    if (first && this.isSpent(key) && event.timeStamp - first.timeStamp < busyMs) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return false;
    }
    this.#event = event;
    this.#key = key;
    return true;
  }

  /** Whether the form was sent with this key, so that the server may have used it up. */
  isSpent(key: string): boolean {
    return key === this.#key;
  }

  /** The visitor edits the form, so the server refused it or will get other data: it may be sent again. */
  readonly edited = (): void => {
    this.#event = undefined;
  };

  /** The server refused the form. */
  reset(): void {
    this.#key = undefined;
  }
}

/**
 * Keeps what the form sends in hidden inputs inside the element. The browser would send values of `ElementInternals` too,
 * but form libraries read only inputs; with both, the fields would be sent twice. Without a key there are no inputs: a copy
 * of the page can hold old inputs, and a page that the server rendered must not differ from it before the first focus.
 */
export function writeFields(element: HTMLElement, key = '', value = ''): void {
  const form = element.getAttribute('form');
  for (const [name, text] of Object.entries({ captchaKey: key, captchaValue: value })) {
    const old = element.querySelector<HTMLInputElement>(`[name=${name}]`);
    if (!key || element.matches(':disabled')) {
      old?.remove();
    } else {
      const input = old ?? element.appendChild(h('input', { type: 'hidden', name, ...(form && { form }) }));
      input.value = text;
    }
  }
}

/** `getRootNode` returns a document or a shadow root. */
function rootOf(node: Node): ParentNode;
function rootOf(node: Node): Node {
  return node.getRootNode();
}

/**
 * Submits the form as the browser does when Enter is pressed in a field of the form itself, which a field in a shadow tree
 * is not: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#implicit-submission
 */
export function submitImplicitly(element: HTMLElement & { readonly form: HTMLFormElement | null }): void {
  const { form } = element;
  if (!form) return;
  // `form.elements` lacks image buttons, and a field can be named `elements`.
  const controls = [
    ...rootOf(element).querySelectorAll<HTMLInputElement | HTMLButtonElement>('input, button'),
  ].filter((control) => control.form === form);
  const button = controls.find(({ type }) => /submit|image/.test(type));
  if (button) button.click();
  // Without a submit button, a second text field keeps the form from being submitted.
  else if (controls.every(({ type }) => /button|checkbox|color|file|hidden|radio|range|reset/.test(type))) {
    HTMLFormElement.prototype.requestSubmit.call(form);
  }
}
