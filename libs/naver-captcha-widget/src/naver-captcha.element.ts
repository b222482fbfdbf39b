import {
  type CaptchaKind,
  type Challenge,
  ChallengeRefused,
  mediaUrl,
  requestChallenge,
} from './challenge-client.js';
import { sendForm } from './implicit-submission.js';
import {
  type CaptchaMessages,
  type CaptchaProblemCode,
  en,
  isAboutAnswer,
  isProblemCode,
  ko,
} from './messages.js';
import { Sound } from './sound.js';
import { hasHangul, judgeAnswer } from './validity.js';
import { View } from './view.js';

/** Between two presses of a button that costs the site one of its challenges. */
const COOL_DOWN_MS = 2_000;
/** A `Retry-After` of hours must not take the button from someone who comes back later. */
const LONGEST_COOL_DOWN_MS = 60_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** How long the browser may take to leave the page after a plain post, before the form may be sent again. */
const LEAVING_MS = 30_000;

/** On a server there is no `HTMLElement`; any other class stands in, so that importing works and only creating fails. */
function elementBase(): typeof HTMLElement;
function elementBase(): unknown {
  return typeof HTMLElement === 'undefined' ? Object : HTMLElement;
}

/**
 * `<naver-captcha src="/captcha">`: shows a challenge and submits the answer with its form, as `captchaKey` and
 * `captchaValue`.
 */
export class NaverCaptchaElement extends elementBase() {
  static readonly formAssociated = true;
  static readonly observedAttributes = ['src', 'action', 'kinds', 'lang', 'required'];

  readonly #internals = this.attachInternals();
  readonly #view = new View(this.attachShadow({ mode: 'open' }));
  readonly #sound = new Sound(this.#view, (event) => {
    if (event === 'error') this.#fail('CAPTCHA_NOT_LOADED');
    else this.#update();
    if (event === 'held') this.#view.say(this.#texts().soundReady);
    if (event === 'ended') this.#view.say(this.#texts().played);
  });
  #challenge: Challenge | undefined;
  #request: AbortController | undefined;
  /** After a failure only a press on a button asks again: whoever types on must not make a request with every key. */
  #failed = false;
  /** The kind that was chosen, where it was. */
  #chosen: CaptchaKind | undefined;
  /** What the sentence under the field is about. */
  #problem: CaptchaProblemCode | 'sending' | undefined;
  #custom = '';
  #messages: Partial<CaptchaMessages> | undefined;
  #disabled = false;
  /** The form was sent with this challenge. */
  #sent: SubmitEvent | undefined;
  #sentAt = 0;
  #coolUntil = 0;
  #coolTimer: ReturnType<typeof setTimeout> | undefined;
  #expiryTimer: ReturnType<typeof setTimeout> | undefined;
  #formListeners: AbortController | undefined;

  constructor() {
    super();
    const { input, refresh, retry, toggle, play } = this.#view;
    input.addEventListener('input', () => {
      this.#problem = undefined;
      this.#update();
    });
    // Only `input` crosses the border of a shadow tree by itself.
    input.addEventListener('change', () => {
      this.dispatchEvent(new Event('change', { bubbles: true }));
    });
    input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      this.#act(event);
      sendForm(this.form);
    });
    for (const { element } of [refresh, retry]) {
      element.addEventListener('click', () => {
        this.#refresh(true);
      });
    }
    toggle.element.addEventListener('click', () => {
      this.#switch();
    });
    play.element.addEventListener('click', () => {
      if (this.#sound.playing) this.#sound.stop();
      else if (this.#challenge) this.#sound.play();
    });
    // A press on a <label> of the page arrives as a click on the element itself.
    this.addEventListener('click', (event) => {
      if (event.composedPath()[0] === this) this.focus();
    });
    this.#watch(this);
  }

  /** Where challenges are made. @default '/captcha' */
  get src(): string {
    return (this.getAttribute('src') ?? '/captcha').replace(/\/$/, '');
  }

  set src(value: string) {
    this.setAttribute('src', value);
  }

  /** What the challenge is for, such as `signup`. */
  get action(): string | null {
    return this.getAttribute('action');
  }

  set action(value: string | null) {
    if (value === null) this.removeAttribute('action');
    else this.setAttribute('action', value);
  }

  get required(): boolean {
    return this.hasAttribute('required');
  }

  set required(value: boolean) {
    this.toggleAttribute('required', value);
  }

  get disabled(): boolean {
    return this.hasAttribute('disabled');
  }

  set disabled(value: boolean) {
    this.toggleAttribute('disabled', value);
  }

  /** Texts that replace ours, one by one: another language, or other words. */
  get messages(): Partial<CaptchaMessages> | undefined {
    return this.#messages;
  }

  set messages(value: Partial<CaptchaMessages> | undefined) {
    this.#messages = value;
    this.#update();
  }

  /** The key of the challenge that is shown; empty where there is none. */
  get key(): string {
    this.#expireIfDue();
    return this.#challenge?.key ?? '';
  }

  /** What was typed. */
  get value(): string {
    return this.#view.input.value;
  }

  set value(value: string) {
    this.#view.input.value = value;
    this.#update();
  }

  /** Of the challenge that is shown, or would be. */
  get kind(): CaptchaKind {
    const kinds = this.#kinds();
    return this.#chosen && kinds.includes(this.#chosen) ? this.#chosen : (kinds[0] ?? 'image');
  }

  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  get labels(): NodeList {
    return this.#internals.labels;
  }

  get validity(): ValidityState {
    return this.#internals.validity;
  }

  get validationMessage(): string {
    return this.#internals.validationMessage;
  }

  get willValidate(): boolean {
    return this.#internals.willValidate;
  }

  checkValidity(): boolean {
    return this.#internals.checkValidity();
  }

  reportValidity(): boolean {
    return this.#internals.reportValidity();
  }

  setCustomValidity(message: string): void {
    this.#custom = message;
    this.#update();
  }

  /** To the field, which is what one wants to reach. */
  override focus(options?: FocusOptions): void {
    this.#view.input.focus(options);
  }

  /** Makes a new challenge, unless the last one is younger than two seconds. */
  refresh(): void {
    this.#refresh(false);
  }

  /**
   * Tells the person why the server refused: the sentence of the code, the focus in the field, and a new challenge where
   * the old one cannot be answered any more. Any other code means that the captcha may be spent: a new challenge.
   */
  reportRejection(code: string | undefined): void {
    const problem = isProblemCode(code) ? code : undefined;
    this.#sent = undefined;
    this.#problem = problem;
    if (this.key && /_(MISSING|MALFORMED)$/.test(problem ?? '')) this.#update();
    else void this.#load(false);
    if (problem) this.focus();
  }

  connectedCallback(): void {
    // Set before the script came, a property hides the accessor behind it.
    for (const name of Object.keys(this)) {
      const value: unknown = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
    addEventListener('pageshow', this.#returned);
    this.#armExpiry();
    this.#update();
    if (this.getAttribute('loading') === 'eager' || (this.form ?? this).matches(':focus-within')) this.#act();
  }

  disconnectedCallback(): void {
    removeEventListener('pageshow', this.#returned);
    clearTimeout(this.#expiryTimer);
    this.#sound.stop();
    if (this.#request) this.#drop();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before !== now) this.#renew(/src|action|kinds/.test(name));
  }

  formAssociatedCallback(form: HTMLFormElement | null): void {
    this.#formListeners?.abort();
    this.#formListeners = new AbortController();
    const { signal } = this.#formListeners;
    if (!form) return;
    this.#watch(form, signal);
    form.addEventListener('submit', this.#submitted, { capture: true, signal });
    form.addEventListener(
      'input',
      () => {
        // What was sent was refused, or is being mended: it may go again.
        this.#sentAt = 0;
      },
      { signal },
    );
    if (form.matches(':focus-within')) this.#act();
  }

  formDisabledCallback(disabled: boolean): void {
    this.#disabled = disabled;
    this.#view.disable(disabled);
    if (disabled) this.#sound.stop();
    this.#update();
  }

  formResetCallback(): void {
    this.#view.input.value = '';
    this.#problem = undefined;
    this.#forgetSent();
  }

  /** What was typed belongs to a challenge that is gone; that someone listens rather than looks is worth keeping. */
  formStateRestoreCallback(state: unknown): void {
    if (state !== 'image' && state !== 'audio') return;
    const before = this.kind;
    this.#chosen = state;
    this.#renew(this.kind !== before);
  }

  #watch(target: HTMLElement, signal?: AbortSignal): void {
    for (const name of ['focusin', 'pointerdown', 'keydown', 'input']) {
      target.addEventListener(name, this.#act, signal && { signal });
    }
  }

  /** The person does something in the form: the time to have a challenge that is still valid. */
  readonly #act = (event?: Event): void => {
    if (this.#disabled) return;
    this.#expireIfDue();
    // A press on a button of ours asks for a challenge by itself; one must not pay for two.
    const button = event && this.#view.buttonOf(event);
    if (button && !(event.type === 'focusin' && button.matches(':focus-visible'))) return;
    if (!this.#challenge && !this.#request && !this.#failed) void this.#load(false);
  };

  /** Sent twice, an answer would be refused the second time, and that reply is the one people see. */
  readonly #submitted = (event: SubmitEvent): void => {
    this.#expireIfDue();
    if (!this.#challenge || this.#disabled) return;
    // A page that sends by itself knows when it is done; there we only catch the second click.
    const busyMs = this.#sent?.defaultPrevented ? COOL_DOWN_MS : LEAVING_MS;
    if (this.#sent && Date.now() - this.#sentAt < busyMs) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.#problem = 'sending';
      this.#update();
      return;
    }
    this.#sent = event;
    this.#sentAt = Date.now();
    this.#problem = undefined;
    this.#update();
  };

  /** Back from where the form went, on a page the browser kept. */
  readonly #returned = (event: PageTransitionEvent): void => {
    if (event.persisted) this.#forgetSent();
  };

  #refresh(pressed: boolean): void {
    if (Date.now() < this.#coolUntil || this.#disabled) return;
    this.#problem = undefined;
    this.#cool(COOL_DOWN_MS);
    void this.#load(pressed);
  }

  #switch(): void {
    if (Date.now() < this.#coolUntil) return;
    this.#chosen = this.kind === 'image' ? 'audio' : 'image';
    this.#refresh(true);
  }

  /** `pressed`: the person asked for it with a button, wants to be told, and lets us play. */
  async #load(pressed: boolean): Promise<void> {
    const request = new AbortController();
    this.#drop(request);
    const timeout = setTimeout(() => {
      request.abort();
    }, REQUEST_TIMEOUT_MS);
    this.#view.say(pressed ? this.#texts().loading : '');
    this.#update();
    try {
      const challenge = await requestChallenge(this.src, this.kind, this.action, request.signal);
      // Late: something newer is asked for or shown.
      if (request !== this.#request) return;
      this.#show(challenge, pressed);
    } catch (error) {
      if (request !== this.#request) return;
      this.#request = undefined;
      this.#failed = true;
      this.#view.show('failed');
      if (error instanceof ChallengeRefused) this.#fail(error.code, error.retryAfterSeconds);
      else this.#fail('CAPTCHA_NOT_LOADED');
    } finally {
      clearTimeout(timeout);
    }
  }

  #show(challenge: Challenge, pressed: boolean): void {
    const { key, kind, picture } = challenge;
    this.#request = undefined;
    this.#challenge = challenge;
    if (picture) this.#view.draw(picture);
    else this.#sound.load(mediaUrl(this.src, key));
    this.#view.show(kind);
    this.#armExpiry();
    this.#update();
    this.#view.say(pressed && picture ? this.#texts().pictureReady : '');
    if (pressed && !picture) this.#sound.play();
    this.#dispatch('captcha-ready', { key, kind });
  }

  #fail(code: CaptchaProblemCode, retryAfterSeconds?: number): void {
    this.#problem = code;
    this.#view.say('');
    if (retryAfterSeconds) this.#cool(Math.min(retryAfterSeconds * 1_000, LONGEST_COOL_DOWN_MS));
    this.#update();
    this.#dispatch('captcha-error', { code, message: this.#texts()[code], retryAfterSeconds });
  }

  /** Only marks it as gone; asking for another is left to the next action, for an idle tab must not eat the quota. */
  #expireIfDue(): void {
    if (!this.#challenge || Date.now() < this.#challenge.expiresAt) return;
    const { key } = this.#challenge;
    if (this.value) this.#problem = 'CAPTCHA_EXPIRED';
    this.#drop();
    this.#update();
    this.#dispatch('captcha-expired', { key });
  }

  #armExpiry(): void {
    clearTimeout(this.#expiryTimer);
    if (!this.#challenge) return;
    this.#expiryTimer = setTimeout(() => {
      this.#expireIfDue();
    }, this.#challenge.expiresAt - Date.now());
  }

  #forgetSent(): void {
    // Its key is spent.
    if (this.#sent) this.#drop();
    this.#update();
  }

  /** Something else is wanted: what was already asked for is asked for again. */
  #renew(different: boolean): void {
    if (different && (this.#challenge ?? this.#request)) void this.#load(false);
    else this.#update();
  }

  /** No challenge, and none on its way but this one. */
  #drop(request?: AbortController): void {
    this.#request?.abort();
    this.#request = request;
    this.#challenge = undefined;
    this.#failed = false;
    this.#sent = undefined;
    clearTimeout(this.#expiryTimer);
    this.#sound.unload();
    this.#view.progress(0);
    this.#view.input.value = '';
    this.#view.show(request ? 'loading' : 'idle');
  }

  /** The buttons that ask the server rest; the timer only says when they look usable again. */
  #cool(ms: number): void {
    this.#coolUntil = Date.now() + ms;
    this.#view.cool(true);
    clearTimeout(this.#coolTimer);
    this.#coolTimer = setTimeout(() => {
      this.#view.cool(false);
    }, ms);
  }

  /** Everything that follows from the state, written anew: texts, sentence, validity, and what the form submits. */
  #update(): void {
    const { input } = this.#view;
    const { value, kind } = this;
    const texts = this.#texts();
    const problem = this.#problem;
    const hangul = hasHangul(value);
    this.#view.localize(texts, this.#messages ? '' : this.#language(), kind === 'audio', this.#sound.playing);
    this.#view.toggle.element.hidden = this.#kinds().length < 2;
    this.#view.tell(
      hangul ? texts.CAPTCHA_MALFORMED : problem ? texts[problem] : '',
      hangul || isAboutAnswer(problem),
    );
    input.ariaRequired = String(this.required);
    this.#internals.role = 'group';
    this.#internals.ariaLabel = texts.label;
    const { flags, message } = judgeAnswer(
      {
        value,
        required: this.required,
        ready: this.#challenge !== undefined,
        problem,
        custom: this.#custom,
      },
      texts,
    );
    this.#internals.setValidity(flags, message, input);
    this.#internals.setFormValue(this.#entries(), kind);
  }

  #entries(): FormData | null {
    if (!this.#challenge) return null;
    const entries = new FormData();
    entries.set('captchaKey', this.#challenge.key);
    entries.set('captchaValue', this.value);
    return entries;
  }

  /** The attribute names the kinds that are offered; the first is shown first. */
  #kinds(): CaptchaKind[] {
    const kinds = this.getAttribute('kinds') ?? 'image audio';
    return kinds.split(' ').filter((kind) => kind === 'image' || kind === 'audio');
  }

  /** `:lang()` looks at every ancestor, out of shadow trees too. */
  #language(): 'en' | 'ko' {
    return this.matches(':lang(en)') ? 'en' : 'ko';
  }

  #texts(): CaptchaMessages {
    return { ...(this.#language() === 'en' ? en : ko), ...this.#messages };
  }

  #dispatch<K extends `captcha-${string}` & keyof GlobalEventHandlersEventMap>(
    name: K,
    detail: GlobalEventHandlersEventMap[K]['detail'],
  ): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'naver-captcha': NaverCaptchaElement;
  }
}
