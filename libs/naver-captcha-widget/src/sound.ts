import type { View } from './view.js';

export type SoundEvent = 'play' | 'pause' | 'ended' | 'error' | 'held';

/** Plays and stops the sound of a challenge; there is one sound per element. */
export class Sound {
  readonly #audio: HTMLAudioElement;
  readonly #report: (event: SoundEvent) => void;

  /** `report` gets `held` if the browser did not allow the sound to start without a press. */
  constructor(view: View, report: (event: SoundEvent) => void) {
    const audio = (this.#audio = view.audio);
    this.#report = report;
    for (const name of ['play', 'pause', 'ended', 'error'] as const) {
      audio.addEventListener(name, () => {
        // `reset` fires `error` too, which is not a failure.
        if (audio.hasAttribute('src')) report(name);
      });
    }
    audio.addEventListener('timeupdate', () => {
      view.progress(audio.currentTime / audio.duration || 0);
    });
  }

  get playing(): boolean {
    return !this.#audio.paused;
  }

  /** A sound of another origin is requested as `fetch` requests the picture, so that the same server settings allow both. */
  load(url: string, credentials: RequestCredentials): void {
    this.#audio.crossOrigin = credentials === 'include' ? 'use-credentials' : 'anonymous';
    this.#audio.src = url;
  }

  /** Always starts from the beginning, because the visitor needs every digit. */
  play(): void {
    if (this.#audio.error) this.#audio.load();
    this.#audio.currentTime = 0;
    this.#audio.play().catch((error: unknown) => {
      if (String(error).includes('NotAllowed')) this.#report('held');
    });
  }

  stop(): void {
    this.#audio.pause();
  }

  reset(): void {
    this.#audio.removeAttribute('src');
    this.#audio.load();
  }
}
