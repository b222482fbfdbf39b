import { h } from './elements.js';
import { solve } from './puzzle.js';
import type { Reply } from './reply.js';
import { en, ko, type WorkMessages } from './work-messages.js';
import { workStyles } from './work-styles.js';

export { solve };
export type { Puzzle, PuzzlePart, SolveOptions } from './puzzle.js';

/** Shorter work is not shown. */
const SHOWN_AFTER_MS = 1_000;
/** A server whose tolls go up faster than the browser pays them gives no challenge. */
const MOST_TOLLS = 3;

/** What `<naver-captcha>` gives to its solver. */
export interface Work {
  readonly element: HTMLElement;
  /** Aborted when the work is not needed any more. */
  readonly signal: AbortSignal;
  /** The element's texts, which get those of the work. */
  readonly texts: Readonly<Record<'ko' | 'en', Partial<WorkMessages>>>;
  /** The server has replied: the time of a request does not include the work. */
  stopTimeout(): void;
  /** Shows and says that the browser works. */
  reveal(): void;
  /** Sends the request again and pays the toll. */
  pay(key: unknown, value: string): Promise<Reply>;
}

/** Pays tolls until the server replies with a challenge or refuses; work as a challenge is done as well. */
export async function settle(first: Reply, work: Work): Promise<Reply> {
  const { element, signal, texts } = work;
  Object.assign(texts.ko, ko);
  Object.assign(texts.en, en);
  const bar = progressBar(element);
  let reveal: (() => void) | undefined = () => {
    reveal = undefined;
    work.reveal();
  };
  const revealOnce = (): void => reveal?.();
  const timer = setTimeout(revealOnce, SHOWN_AFTER_MS);
  const end = (): void => {
    reveal = undefined;
    clearTimeout(timer);
  };
  signal.addEventListener('abort', end);
  // The visitor submits the form too early.
  element.addEventListener('invalid', revealOnce, { signal });
  try {
    let reply = first;
    for (let tolls = 1; reply.body.puzzle; tolls++) {
      const { response, body } = reply;
      const isToll = !response.ok;
      if (isToll && tolls === MOST_TOLLS) return { response, body: { code: 'CAPTCHA_TOO_MANY' } };
      work.stopTimeout();
      const onProgress = (share: number): void => {
        bar.value = share;
      };
      const value = await solve(reply.body.puzzle, { signal, onProgress });
      if (!isToll) return { response, body: { ...body, value } };
      reply = await work.pay(body.key, value);
    }
    return reply;
  } finally {
    end();
  }
}

/** Puts the bar beside the notice; each element has one. */
function progressBar(element: HTMLElement): HTMLProgressElement {
  const shadow = element.shadowRoot;
  const old = shadow?.querySelector('progress');
  if (old) return old;
  const bar = h('progress', { part: 'work', 'aria-labelledby': 'notice' });
  const notice = shadow?.querySelector('[part=notice]');
  if (notice) {
    notice.id = 'notice';
    notice.after(bar);
  }
  shadow?.adoptedStyleSheets.push(workStyles());
  return bar;
}
