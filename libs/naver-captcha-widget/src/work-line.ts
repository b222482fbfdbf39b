import { en, ko, type WorkMessages } from './work-messages.js';
import { workStyles } from './work-styles.js';

/** Shorter work is not shown. */
const SHOWN_AFTER_MS = 1_000;

/** The element, whose texts the page may replace. */
export interface WorkingElement extends HTMLElement {
  readonly messages: Partial<WorkMessages> | undefined;
}

/** A line in the element: a text with a progress bar while the browser works, and then that the work is done. */
export class WorkLine {
  readonly #element: WorkingElement;
  readonly #bar = document.createElement('progress');
  /** What the line shows; nothing before work has taken long. */
  #shown: keyof WorkMessages | undefined;

  constructor(element: WorkingElement) {
    this.#element = element;
    const sheets = element.shadowRoot?.adoptedStyleSheets;
    // The first sheet is the element's own.
    if (!sheets?.[1]) sheets?.push(workStyles());
  }

  /** Shows work that takes long, or that the visitor waits for, until it ends or `signal` is aborted. */
  async during<T>(
    signal: AbortSignal,
    work: (onProgress: (share: number) => void) => Promise<T>,
  ): Promise<T> {
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
      if (this.#shown) this.#find('[part=work]')?.remove();
    };
    this.#element.addEventListener('invalid', submitted);
    signal.addEventListener('abort', end);
    return work((share) => {
      this.#bar.value = share;
    }).finally(end);
  }

  /** The work was a challenge, so the visitor has nothing to type. */
  finish(): void {
    const root = this.#find('div');
    // The names of what was shown before do not count any more.
    if (root) root.className = 'work';
    // The visitor, or the page, sent the form before.
    if (this.#shown === 'wait' || this.#find('[part=message]')?.textContent) this.#show('work', 'again');
    else this.#show('work');
  }

  #find(selector: string): HTMLElement | null | undefined {
    return this.#element.shadowRoot?.querySelector<HTMLElement>(selector);
  }

  #show(...names: readonly [keyof WorkMessages, ...(keyof WorkMessages)[]]): void {
    const [name] = names;
    const texts = { ...(this.#element.matches(':lang(en)') ? en : ko), ...this.#element.messages };
    this.#find('[part=work]')?.remove();
    const line = document.createElement('p');
    line.part = 'work';
    line.className = name;
    line.textContent = names.map((each) => texts[each]).join(' ');
    this.#bar.ariaLabel = line.textContent;
    // A screen reader says what follows a text that it has said before, and what the visitor has to do.
    if (this.#shown ?? names.length > 1) line.role = 'alert';
    if (name !== 'work') line.append(this.#bar);
    this.#shown = name;
    const notice = this.#find('[part=notice]');
    // In the box if the visitor sees it, because a picture follows.
    if (notice?.offsetWidth) notice.after(line);
    else this.#find('[part=message]')?.before(line);
    if (name === 'working') this.#find('[role=status]')?.replaceChildren(line.textContent);
  }
}
