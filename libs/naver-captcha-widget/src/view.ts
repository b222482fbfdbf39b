import { adoptStyles } from './styles.js';
import type { Challenge } from './challenge-client.js';
import { h, IconButton } from './elements.js';
import type { CaptchaMessages } from './messages.js';

/** What the box shows. */
export type Scene = 'idle' | 'loading' | 'failed' | 'image' | 'audio';

const REFRESH = 'M20 12a8 8 0 1 1-2.3-5.7L20 8.5M20 3.5v5h-5';
const SPEAKER = 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11';
const PICTURE = 'M4 5h16v14H4zM4 16l4.5-4.5L13 16l3-3 4 4M15 9h.01';
const PLAY = 'M8 5.5v13l10-6.5z';
const STOP = 'M7 7h10v10H7z';

/** The elements in the shadow tree, in reading and focus order. */
export class View {
  readonly label = h('label', { part: 'label', for: 'answer' });
  readonly refresh = new IconButton('refresh');
  readonly toggle = new IconButton('switch');
  readonly play = new IconButton('play');
  readonly retry = new IconButton('retry');
  readonly #buttons = [this.refresh, this.toggle, this.play, this.retry].map(({ element }) => element);
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
    this.label,
    h(
      'div',
      { part: 'challenge' },
      h(
        'div',
        { part: 'media' },
        this.#notice,
        this.#canvas,
        this.play.element,
        this.retry.element,
        this.#bar,
        this.audio,
      ),
      h('div', { part: 'buttons' }, this.refresh.element, this.toggle.element),
    ),
    this.input,
    this.#message,
    h('div', { part: 'help', id: 'help' }, h('slot', { name: 'help' })),
    this.#status,
  );
  readonly #shadow: ShadowRoot;
  #scene: Scene = 'idle';

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
    if (scene === 'loading' && (focused === this.retry.element || focused === this.play.element)) {
      this.refresh.element.focus();
    }
    this.#scene = scene;
    this.#notice.hidden = scene !== 'idle' && scene !== 'loading';
    this.#canvas.hidden = scene !== 'image';
    this.play.element.hidden = this.#bar.hidden = scene !== 'audio';
    this.retry.element.hidden = scene !== 'failed';
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
    this.#bar.style.transform = `scaleX(${part})`;
  }

  localize(texts: CaptchaMessages, language: string, hears: boolean, plays: boolean): void {
    this.#root.lang = language;
    this.label.textContent = texts.label;
    this.#canvas.ariaLabel = texts.picture;
    this.input.placeholder = hears ? texts.audioPlaceholder : texts.imagePlaceholder;
    this.input.inputMode = hears ? 'numeric' : 'text';
    this.refresh.label(texts.refresh, REFRESH);
    this.toggle.label(hears ? texts.look : texts.listen, hears ? PICTURE : SPEAKER);
    this.play.label(plays ? texts.stop : texts.play, plays ? STOP : PLAY);
    this.retry.label(texts.retry, REFRESH);
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

  /** Uses `aria-disabled`, because `disabled` would take the focus from the pressed button. */
  cool(cooling: boolean): void {
    for (const button of this.#buttons) {
      button.ariaDisabled = String(cooling && button !== this.play.element);
    }
  }
}
