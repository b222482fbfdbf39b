import type { AnswerField } from './answer-field.js';
import type { CaptchaKind, Challenge, ChallengeSource, MediaKind, Refusal } from './challenge.js';
import { isKind, mediaUrl } from './challenge-client.js';
import { type ChallengeReports, ChallengeState } from './challenge-state.js';
import type { Texts } from './messages.js';
import { Sound } from './sound.js';
import type { View } from './view.js';

/** The box with the picture or the sound, and its buttons: requests challenges and shows them. */
export class ChallengePanel implements ChallengeReports {
  readonly #element: ChallengeSource;
  readonly #view: View;
  readonly #answer: AnswerField;
  readonly #update: () => Texts;
  readonly #state = new ChallengeState(this);
  readonly #sound: Sound;
  /** The kind that the visitor chose. */
  #chosen: unknown;
  /** The visitor requested the challenge with a button, so its arrival is spoken and the browser allows its sound. */
  #pressed = false;

  /**
   * `element`: its attributes say which challenges to request, and it dispatches the events.
   * `update`: writes everything that follows from the state, and returns the texts in the current language.
   */
  constructor(element: ChallengeSource, view: View, answer: AnswerField, update: () => Texts) {
    this.#element = element;
    this.#view = view;
    this.#answer = answer;
    this.#update = update;
    this.#sound = new Sound(view, (event) => {
      if (event === 'error') this.#fail();
      const texts = update();
      if (event === 'held') view.say(texts.soundReady);
      if (event === 'ended') view.say(texts.played);
    });
    for (const button of [view.refreshButton, view.retryButton]) {
      button.addEventListener('click', () => {
        this.refresh(true);
      });
    }
    view.toggleButton.addEventListener('click', () => {
      this.refresh(true, this.kind === 'image' ? 'audio' : 'image');
    });
    view.playButton.addEventListener('click', () => {
      if (this.#sound.playing) this.#sound.stop();
      else this.#sound.play();
    });
  }

  /** Empty if there is no challenge to answer. */
  get key(): string {
    return this.#state.current()?.key ?? '';
  }

  get kind(): CaptchaKind {
    return this.#state.current()?.kind ?? this.#wanted;
  }

  get #wanted(): MediaKind {
    const kinds = this.#kinds();
    return kinds.find((kind) => kind === this.#chosen) ?? kinds[0] ?? 'image';
  }

  /** The visitor does something in the form: the time to have a challenge that has not expired. */
  readonly act = (event?: Event): void => {
    const isDisabled = this.#element.matches(':disabled');
    if (!isDisabled && this.#state.isIdle && !this.#view.presses(event)) this.load();
  };

  /** Requests a new challenge in place of the old challenge. */
  load(pressed = false): void {
    this.#pressed = pressed;
    void this.#state.load(this.#element);
    this.#blank('loading');
    const texts = this.#update();
    this.#view.say(pressed ? texts.loading : '');
  }

  /** Replaces the challenge because the visitor or the page asks for it, except during the cool-down. */
  refresh(pressed = false, kind = this.#chosen): void {
    if (this.#view.cooling || this.#element.matches(':disabled')) return;
    this.#chosen = kind;
    this.#answer.problem = undefined;
    this.#view.coolDown();
    this.load(pressed);
  }

  /** Replaces the challenge that is shown or loading, if there is one, because the page wants another server, action or kind. */
  reconsider(): void {
    if (this.key || this.#state.isLoading) this.load();
    else this.#update();
  }

  /** The browser restores the kind that the visitor chose. */
  choose(kind: unknown): void {
    const before = this.#wanted;
    this.#chosen = kind;
    if (this.#wanted !== before) this.reconsider();
  }

  reset(): void {
    this.#state.reset();
    this.#blank('idle');
  }

  suspend(): void {
    this.#sound.stop();
    if (this.#state.isLoading) this.reset();
  }

  disable(disabled: boolean): void {
    this.#view.disable(disabled);
    if (disabled) this.#sound.stop();
  }

  localize(texts: Texts, language: string): void {
    this.#view.localize(texts, language, this.kind === 'audio', this.#sound.playing);
    this.#view.toggleButton.hidden = this.#kinds().length < 2;
  }

  show({ key, kind, picture }: Challenge): void {
    if (picture) this.#view.draw(picture);
    if (kind === 'audio') this.#sound.load(mediaUrl(this.#element.src, key), this.#element.credentials);
    // A visitor who has nothing to type need not know what was wrong with the last answer.
    if (kind === 'work') this.#answer.problem = undefined;
    this.#view.show(kind);
    const texts = this.#update();
    this.#view.say(this.#pressed && picture ? texts.pictureReady : '');
    if (this.#pressed && kind === 'audio') this.#sound.play();
    this.#dispatch('captcha-ready', { key, kind });
  }

  fail(refusal?: Refusal): void {
    this.#view.show('failed');
    this.#fail(refusal);
  }

  expire({ key, kind }: Challenge): void {
    if (this.#view.input.value && kind !== 'work') this.#answer.problem = 'CAPTCHA_EXPIRED';
    this.#blank('idle');
    this.#update();
    this.#dispatch('captcha-expired', { key });
  }

  #fail(refusal?: Refusal): void {
    const code = refusal?.code ?? 'CAPTCHA_NOT_LOADED';
    const retryAfterSeconds = refusal?.retryAfterSeconds;
    this.#answer.problem = code;
    this.#view.say('');
    if (retryAfterSeconds) this.#view.coolDown(retryAfterSeconds);
    const message = this.#update()[code];
    this.#dispatch('captcha-error', { code, message, retryAfterSeconds });
  }

  #dispatch<K extends `captcha-${string}` & keyof GlobalEventHandlersEventMap>(
    name: K,
    detail: GlobalEventHandlersEventMap[K]['detail'],
  ): void {
    this.#element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #blank(scene: 'idle' | 'loading'): void {
    this.#sound.reset();
    this.#view.reset(scene);
  }

  /** The kinds that the page offers; the first is shown first. */
  #kinds(): MediaKind[] {
    const kinds = this.#element.getAttribute('kinds') ?? 'image audio';
    return kinds.split(' ').filter(isKind);
  }
}
