import { adoptStyles } from './styles.js';
import type { Challenge } from './challenge.js';
import { h, iconButton, label } from './elements.js';
import type { Texts } from './messages.js';

/** What the box shows. */
export type Scene = 'idle' | 'loading' | 'failed' | 'image' | 'audio' | 'work';

/** Each new challenge counts against the site's quota, so two presses are at least this far apart. */
const AFTER_PRESS_SECONDS = 2;
/** A `Retry-After` of hours would disable the buttons for a visitor who comes back later. */
const LONGEST_SECONDS = 60;

const REFRESH = 'M20 12a8 8 0 1 1-2-6l2 2V3m0 5h-5';
const SPEAKER = 'M4 9v6h4l5 4V5L8 9zM16 9a4 4 0 0 1 0 6M18 6a8 8 0 0 1 0 12';
const PICTURE = 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01';
const PLAY = 'M8 5v14l11-7z';
const STOP = 'M7 7h10v10H7z';

/** The elements in the shadow tree, in reading and focus order. */
export class View {
  readonly labelElement = h('label', { part: 'label', for: 'answer' });
  readonly refreshButton = iconButton('refresh');
  readonly toggleButton = iconButton('switch');
  readonly playButton = iconButton('play');
  readonly retryButton = iconButton('retry');
  readonly #buttons = [this.refreshButton, this.toggleButton, this.playButton, this.retryButton];
  readonly audio = h('audio', { preload: 'auto' });
  readonly input = h('input', {
    part: 'input',
    id: 'answer',
    type: 'text',
    autocomplete: 'off',
    autocapitalize: 'characters',
    autocorrect: 'off',
    spellcheck: 'false',
    maxlength: '16',
    'aria-describedby': 'message help',
  });
  readonly #canvas = h('canvas', { part: 'picture', role: 'img' });
  readonly #notice = h('p', { part: 'notice' });
  readonly #bar = h('div', { part: 'progress' });
  readonly #message = h('p', { part: 'message', id: 'message', role: 'alert' });
  readonly #status = h('p', { role: 'status' });
  readonly #root = h(
    'div',
    {},
    this.labelElement,
    h(
      'div',
      { part: 'challenge' },
      h(
        'div',
        { part: 'media' },
        this.#notice,
        this.#canvas,
        this.playButton,
        this.retryButton,
        this.#bar,
        this.audio,
      ),
      h('div', { part: 'buttons' }, this.refreshButton, this.toggleButton),
    ),
    this.input,
    this.#message,
    h('div', { part: 'help', id: 'help' }, h('slot', { name: 'help' })),
    this.#status,
  );
  readonly #shadow: ShadowRoot;
  #scene: Scene = 'idle';
  #coolDown: ReturnType<typeof setTimeout> | undefined;

  constructor(shadow: ShadowRoot) {
    this.#shadow = shadow;
    adoptStyles(shadow);
    shadow.append(this.#root);
    this.show('idle');
  }

  /** Whether the event belongs to the press of a button. Focus that comes from the keyboard is not a press. */
  presses(event?: Event): boolean {
    return this.#buttons.some(
      (button) =>
        event?.composedPath().includes(button) &&
        !(event.type === 'focusin' && button.matches(':focus-visible')),
    );
  }

  show(scene: Scene): void {
    // The button that the visitor pressed is hidden here; without a new place, the focus would go to the page's start.
    const focused = this.#shadow.activeElement;
    if (scene === 'loading' && (focused === this.retryButton || focused === this.playButton)) {
      this.refreshButton.focus();
    }
    this.#scene = scene;
    // The names stay until the next work is done: the style sheet keeps the box once the visitor has seen it.
    this.#root.classList.add(scene);
    this.#notice.hidden = scene !== 'idle' && scene !== 'loading';
    this.#canvas.hidden = scene !== 'image';
    this.playButton.hidden = this.#bar.hidden = scene !== 'audio';
    this.retryButton.hidden = scene !== 'failed';
  }

  /** Removes the challenge that was shown, and the answer to it. */
  reset(scene: 'idle' | 'loading'): void {
    this.progress(0);
    this.input.value = '';
    this.show(scene);
  }

  /** Draws in the picture's own size; the style sheet scales the canvas, so a sharp screen shows every pixel. */
  draw(picture: NonNullable<Challenge['picture']>): void {
    this.#canvas.width = picture.width;
    this.#canvas.height = picture.height;
    this.#canvas.getContext('2d')?.drawImage(picture, 0, 0);
    picture.close();
  }

  /** `part`: how much of the sound was played, from 0 to 1. */
  progress(part: number): void {
    this.#bar.style.width = `${part * 100}%`;
  }

  localize(texts: Texts, language: string, hears: boolean, plays: boolean): void {
    this.#root.lang = language;
    this.labelElement.textContent = texts.label;
    this.#canvas.ariaLabel = texts.picture;
    this.input.placeholder = hears ? texts.audioPlaceholder : texts.imagePlaceholder;
    this.input.inputMode = hears ? 'numeric' : 'text';
    label(this.refreshButton, texts.refresh, REFRESH);
    label(this.toggleButton, hears ? texts.look : texts.listen, hears ? PICTURE : SPEAKER);
    label(this.playButton, plays ? texts.stop : texts.play, plays ? STOP : PLAY);
    label(this.retryButton, texts.retry, REFRESH);
    this.#notice.textContent = this.#scene === 'loading' ? texts.loading : texts.idle;
  }

  /** The sentence under the field. */
  tell(message: string, invalid: boolean): void {
    // A screen reader speaks the text again when it is written again.
    if (this.#message.textContent !== message) this.#message.textContent = message;
    this.input.ariaInvalid = String(invalid);
  }

  /** Has a screen reader speak the text, which is not visible. */
  say(text: string): void {
    this.#status.textContent = text;
  }

  disable(disabled: boolean): void {
    for (const control of [this.input, ...this.#buttons]) control.disabled = disabled;
  }

  /** Whether the buttons make no new challenge. */
  get cooling(): boolean {
    return !!this.#coolDown;
  }

  /** Has the buttons make no new challenge after a press, or as long as the server's `Retry-After` asks. */
  coolDown(seconds = AFTER_PRESS_SECONDS): void {
    clearTimeout(this.#coolDown);
    this.#coolDown = setTimeout(
      () => {
        this.#coolDown = undefined;
        this.#showCooling();
      },
      Math.min(seconds, LONGEST_SECONDS) * 1_000,
    );
    this.#showCooling();
  }

  /** Uses `aria-disabled`, because `disabled` would take the focus from the pressed button. */
  #showCooling(): void {
    for (const button of this.#buttons) {
      button.ariaDisabled = String(this.cooling && button !== this.playButton);
    }
  }
}
