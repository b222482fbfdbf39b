// The order of these imports is the order of the code in the script, and decides how well it compresses.
import { View } from './view.js';
import { elementBase } from './elements.js';
import { DoubleSubmit, submitImplicitly, writeFields } from './submission.js';
import { ChallengePanel } from './challenge-panel.js';
import { AnswerField } from './answer-field.js';
import { type CaptchaMessages, en, isProblemCode, ko, type Texts } from './messages.js';
import type { CaptchaHeaders, CaptchaKind } from './challenge.js';

/**
 * `<naver-captcha src="/captcha">`: shows a challenge and submits the answer with its form, as `captchaKey` and
 * `captchaValue`.
 */
export class NaverCaptchaElement extends elementBase() {
  static readonly formAssociated = true;
  static readonly observedAttributes = ['src', 'action', 'kinds', 'credentials', 'lang', 'required'];

  readonly #internals = this.attachInternals();
  readonly #view = new View(this.attachShadow({ mode: 'open' }));
  readonly #answer = new AnswerField(this.#view, this.#internals);
  readonly #doubleSubmit = new DoubleSubmit();
  readonly #panel = new ChallengePanel(this, this.#view, this.#answer, () => this.#update());
  #messages: Partial<CaptchaMessages> | undefined;
  #headers: CaptchaHeaders | undefined;
  #formListeners: AbortController | undefined;

  constructor() {
    super();
    const { input } = this.#view;
    input.addEventListener('input', () => {
      this.#explain();
    });
    // Of the two events of a field, only `input` leaves a shadow tree by itself.
    input.addEventListener('change', () => {
      this.dispatchEvent(new Event('change', { bubbles: true }));
    });
    // As in the browser, Enter submits after every listener of the page ran, unless a listener prevented it.
    input.addEventListener('keypress', (event) => {
      setTimeout(() => {
        if (event.key === 'Enter' && !event.defaultPrevented) submitImplicitly(this);
      });
    });
    // The browser has no field to show its message at, so the sentence takes its place, and the focus stays.
    this.addEventListener('invalid', (event) => {
      if (input.offsetWidth) return;
      event.preventDefault();
      this.#panel.act();
    });
    // A press on a <label> of the page arrives as a click on the element itself.
    this.addEventListener('click', (event) => {
      if (event.composedPath()[0] === this) this.focus();
    });
    this.#watch(this);
  }

  /** The URL of the server's captcha routes. @default '/captcha' */
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

  /** Whether cookies are sent with requests for challenges, as in `fetch`. @default 'same-origin' */
  get credentials(): RequestCredentials {
    const value = this.getAttribute('credentials');
    return value === 'include' || value === 'omit' ? value : 'same-origin';
  }

  set credentials(value: RequestCredentials) {
    this.setAttribute('credentials', value);
  }

  /** Headers of requests for challenges, such as a CSRF token. The browser requests the sound itself, without them. */
  get headers(): CaptchaHeaders | undefined {
    return this.#headers;
  }

  set headers(value: CaptchaHeaders | undefined) {
    this.#headers = value;
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

  /** Texts that replace the element's, each on its own: for another language, or other words. */
  get messages(): Partial<CaptchaMessages> | undefined {
    return this.#messages;
  }

  set messages(value: Partial<CaptchaMessages> | undefined) {
    this.#messages = value;
    this.#update();
  }

  /** The key of the challenge that is shown; empty if there is none. */
  get key(): string {
    return this.#panel.key;
  }

  /** The answer that the visitor typed. */
  get value(): string {
    return this.#view.input.value;
  }

  set value(value: string) {
    this.#view.input.value = value;
    this.#update();
  }

  /** The kind of the challenge that is shown, or of the next challenge if none is shown. */
  get kind(): CaptchaKind {
    return this.#panel.kind;
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
    this.#answer.custom = message;
    this.#update();
  }

  /** Puts the focus into the field for the answer. */
  override focus(options?: FocusOptions): void {
    this.#view.input.focus(options);
  }

  /** Makes a new challenge, unless a button or this method made one within two seconds. */
  refresh(): void {
    this.#panel.refresh();
  }

  /**
   * Shows the visitor why the server refused: the sentence of the code, with the focus in the field. Makes a new challenge
   * if the old challenge cannot be answered any more; any other code means that the server may have used it up.
   */
  reportRejection(code: string | undefined): void {
    const problem = isProblemCode(code) ? code : undefined;
    this.#doubleSubmit.reset();
    this.#explain(problem);
    if (!this.key || !/MISSING|MALFORMED/.test(problem ?? '')) this.#panel.load();
    if (problem) this.focus();
  }

  connectedCallback(): void {
    // A property that the page set before the script was loaded hides the accessor.
    for (const [name, value] of Object.entries(this)) {
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
    addEventListener('pageshow', this.#returned);
    addEventListener('pagehide', this.#left);
    this.#update();
    if (this.getAttribute('loading') === 'eager' || this.matches.call(this.form ?? this, ':focus-within')) {
      this.#panel.act();
    }
  }

  disconnectedCallback(): void {
    removeEventListener('pageshow', this.#returned);
    removeEventListener('pagehide', this.#left);
    this.#panel.suspend();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    if (name === 'lang' || name === 'required') this.#update();
    else this.#panel.reconsider();
  }

  formAssociatedCallback(form: HTMLFormElement | null): void {
    this.#formListeners?.abort();
    // The hidden inputs follow the element to another form.
    writeFields(this);
    this.#update();
    if (!form) return;
    // A field named `addEventListener` or `matches` hides the method of its form, so the methods of this element are called.
    const { signal } = (this.#formListeners = new AbortController());
    this.#watch(form, { signal });
    this.addEventListener.call(form, 'submit', this.#submitted, { capture: true, signal });
    this.addEventListener.call(form, 'input', this.#doubleSubmit.edited, { signal });
    if (this.matches.call(form, ':focus-within')) this.#panel.act();
  }

  formDisabledCallback(disabled: boolean): void {
    this.#panel.disable(disabled);
    this.#update();
  }

  formResetCallback(): void {
    this.#answer.problem = undefined;
    this.#panel.suspend();
    this.#view.input.value = '';
    this.#dropSpent();
  }

  /** Restores only the kind: the challenge that the old answer belongs to is gone. */
  formStateRestoreCallback(state: unknown): void {
    this.#panel.choose(state);
  }

  #watch(target: HTMLElement, options?: AddEventListenerOptions): void {
    for (const name of ['focusin', 'pointerdown', 'keydown', 'input']) {
      this.addEventListener.call(target, name, this.#panel.act, options);
    }
  }

  readonly #submitted = (event: Event): void => {
    const { key } = this;
    if (key && !this.matches(':disabled')) {
      this.#explain(this.#doubleSubmit.admit(event, key) ? undefined : 'sending');
    }
  };

  /** The visitor comes back, with the browser's Back button, to a page that the browser kept. */
  readonly #returned = (event: PageTransitionEvent): void => {
    if (event.persisted) this.#dropSpent();
  };

  /** A form with other fields than before is another form to Chromium: it would not restore what the visitor typed. */
  readonly #left = (): void => {
    writeFields(this);
  };

  /** Computed answers cost the visitor nothing, so a new one is as good. */
  #dropSpent(): void {
    if (this.kind === 'work' || this.#doubleSubmit.isSpent(this.key)) this.#panel.reset();
    this.#update();
  }

  #explain(problem?: AnswerField['problem']): void {
    this.#answer.problem = problem;
    this.#update();
  }

  /** Derives everything from the state: texts, sentence, validity, and what the form submits. */
  #update(): Texts {
    const { key, kind, required, value } = this;
    // Korean for every language but English. `:lang()` looks at every ancestor, also outside a shadow tree.
    const language = this.matches(':lang(en)') ? 'en' : 'ko';
    const texts = { ...{ en, ko }[language], ...this.#messages };
    // The page's own texts may be in any language.
    this.#panel.localize(texts, this.#messages ? '' : language);
    this.#internals.role = 'group';
    this.#internals.ariaLabel = texts.label;
    this.#answer.judge(texts, required, key !== '');
    writeFields(this, key, value);
    this.#internals.setFormValue(null, kind);
    return texts;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'naver-captcha': NaverCaptchaElement;
  }
}
