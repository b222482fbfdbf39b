import type { Challenge } from './challenge-client.js';
import { h, icon } from './dom.js';
import type { CaptchaMessages } from './messages.js';
import { adoptStyles } from './styles.js';

/** What stands in the place of the picture. */
export type Scene = 'idle' | 'loading' | 'failed' | 'image' | 'audio';

const REFRESH = 'M20 12a8 8 0 1 1-2.3-5.7L20 8.5M20 3.5v5h-5';
const SPEAKER = 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11';
const PICTURE = 'M4 5h16v14H4zM4 16l4.5-4.5L13 16l3-3 4 4M15 9h.01';
const PLAY = 'M8 5.5v13l10-6.5z';
const STOP = 'M7 7h10v10H7z';

/** A button with an icon, and a text that is always its name and is seen where there is room. */
class IconButton {
  readonly element: HTMLButtonElement;
  readonly #icon = icon();
  readonly #text = h('span');

  constructor(part: string) {
    this.element = h('button', { type: 'button', part: `button ${part}` }, this.#icon.svg, ' ', this.#text);
  }

  label(text: string, path: string): void {
    this.#text.textContent = text;
    this.element.title = text;
    this.#icon.line.setAttribute('d', path);
  }
}

/** The elements in the shadow tree, in the order in which they are read and focused. */
export class View {
  readonly label = h('label', { part: 'label', id: 'label', for: 'answer' });
  readonly refresh = new IconButton('refresh');
  readonly toggle = new IconButton('switch');
  readonly play = new IconButton('play');
  readonly retry = new IconButton('retry');
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

  /** The button that was pressed or reached, if it is one of ours. */
  buttonOf(event: Event): HTMLButtonElement | undefined {
    return this.#buttons().find((button) => event.composedPath().includes(button));
  }

  show(scene: Scene): void {
    // A press on "Try again" takes that button away; the focus must not fall off the page with it.
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

  /** The canvas has the picture's own size; style sheets scale it, so that no pixel is lost on any screen. */
  draw(picture: NonNullable<Challenge['picture']>): void {
    this.#canvas.width = picture.width;
    this.#canvas.height = picture.height;
    this.#canvas.getContext('2d')?.drawImage(picture, 0, 0);
    picture.close();
  }

  /** How much of the sound has been heard, from 0 to 1. */
  progress(part: number): void {
    this.#bar.style.setProperty('transform', `scaleX(${part})`);
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
    // Written again, the same text would be spoken again.
    if (this.#message.textContent !== message) this.#message.textContent = message;
    this.input.ariaInvalid = String(invalid);
  }

  /** A sentence for the ear only. */
  say(text: string): void {
    this.#status.textContent = text;
  }

  disable(disabled: boolean): void {
    for (const control of [this.input, ...this.#buttons()]) control.disabled = disabled;
  }

  /** Cooling buttons keep the focus, which `disabled` would take away. */
  cool(cooling: boolean): void {
    for (const button of this.#buttons()) {
      button.ariaDisabled = String(cooling && button !== this.play.element);
    }
  }

  #buttons(): HTMLButtonElement[] {
    return [this.refresh, this.toggle, this.play, this.retry].map(({ element }) => element);
  }
}
