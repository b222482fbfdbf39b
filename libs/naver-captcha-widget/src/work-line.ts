import { h } from './elements.js';
import { en, ko, type WorkMessages } from './work-messages.js';
import { workStyles } from './work-styles.js';

/** Shorter work is not shown. */
const SHOWN_AFTER_MS = 1_000;

/** The element, whose texts the page may replace. */
export interface WorkingElement extends HTMLElement {
  readonly messages: Partial<WorkMessages> | undefined;
}

/** A line in the element: empty, a text with a progress bar while the browser works, or that the work is done. */
export class WorkLine {
  static readonly #lines = new WeakMap<HTMLElement, WorkLine>();
  readonly #element: WorkingElement;
  readonly #text = h('span', { id: 'work', 'aria-live': 'polite' });
  readonly #bar = h('progress', { 'aria-labelledby': 'work' });
  readonly #line = h('p', { part: 'work' }, this.#text, this.#bar);
  #shown: readonly (keyof WorkMessages)[] = [];

  private constructor(element: WorkingElement) {
    this.#element = element;
    element.shadowRoot?.adoptedStyleSheets.push(workStyles());
  }

  /** Returns the line of this element, which its first puzzle makes. */
  static of(element: WorkingElement): WorkLine {
    const line = WorkLine.#lines.get(element) ?? new WorkLine(element);
    WorkLine.#lines.set(element, line);
    return line;
  }

  /** Shows work that takes long, or that the visitor waits for, until it ends or `signal` is aborted. */
  async during<T>(signal: AbortSignal, work: (onProgress: (share: number) => void) => Promise<T>): Promise<T> {
    // In the box if the visitor sees it, because a picture follows.
    const notice = this.#part('notice');
    if (notice?.offsetWidth) notice.after(this.#line);
    else this.#place();
    this.#show();
    const timer = setTimeout(() => {
      this.#show('working');
    }, SHOWN_AFTER_MS);
    const submitted = (event: Event): void => {
      // The browser would ask for an answer.
      event.preventDefault();
      this.#show('wait');
    };
    const end = (): void => {
      clearTimeout(timer);
      this.#element.removeEventListener('invalid', submitted);
      // A text that the visitor saw stays until the next text, unless the work was cancelled.
      if (signal.aborted) this.#show();
    };
    this.#element.addEventListener('invalid', submitted);
    signal.addEventListener('abort', end);
    try {
      return await work((share) => {
        this.#bar.value = share;
      });
    } finally {
      end();
    }
  }

  /** The work was a toll, and what follows is shown in its place. */
  clear(): void {
    this.#show();
  }

  /** The work was a challenge, so the visitor has nothing to type. */
  finish(): void {
    // The visitor, or the page, sent the form before.
    const again = this.#shown.includes('wait') || this.#part('message')?.textContent;
    // Work that was not noticed is not spoken either.
    if (!again && !this.#shown.length) this.#text.ariaLive = 'off';
    this.#place();
    if (again) this.#show('work', 'again');
    else this.#show('work');
    // What was shown before does not count any more.
    if (this.#line.parentElement) this.#line.parentElement.className = 'work';
  }

  #part(name: string): HTMLElement | null | undefined {
    return this.#element.shadowRoot?.querySelector<HTMLElement>(`[part=${name}]`);
  }

  #place(): void {
    this.#part('message')?.before(this.#line);
  }

  #show(...names: readonly (keyof WorkMessages)[]): void {
    const own = this.#element.matches(':lang(en)') ? en : ko;
    const texts = { ...own, ...this.#element.messages };
    this.#shown = names;
    this.#text.textContent = names.map((name) => texts[name]).join(' ');
    this.#line.className = names[0] ?? '';
    const notice = this.#part('notice');
    if (notice?.offsetWidth) notice.hidden = names.length > 0;
  }
}
