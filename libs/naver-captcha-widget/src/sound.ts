import type { View } from './view.js';

export type SoundEvent = 'play' | 'pause' | 'ended' | 'error' | 'held';

/** Plays, stops and replays; there is one sound per element. */
export class Sound {
  readonly #audio: HTMLAudioElement;
  readonly #tell: (event: SoundEvent) => void;

  /** `held`: the browser did not let it start without a press. */
  constructor(view: View, tell: (event: SoundEvent) => void) {
    const audio = (this.#audio = view.audio);
    this.#tell = tell;
    for (const name of ['play', 'pause', 'ended', 'error'] as const) {
      audio.addEventListener(name, () => {
        // Taking the source away is no failure.
        if (audio.hasAttribute('src')) tell(name);
      });
    }
    audio.addEventListener('timeupdate', () => {
      view.progress(audio.currentTime / audio.duration || 0);
    });
  }

  get playing(): boolean {
    return !this.#audio.paused && !this.#audio.ended;
  }

  load(url: string): void {
    this.#audio.src = url;
  }

  /** From the beginning, every time: half a captcha helps nobody. */
  play(): void {
    if (this.#audio.error) this.#audio.load();
    this.#audio.currentTime = 0;
    this.#audio.play().catch((error: unknown) => {
      if (String(error).startsWith('NotAllowed')) this.#tell('held');
    });
  }

  stop(): void {
    this.#audio.pause();
  }

  unload(): void {
    this.#audio.removeAttribute('src');
    this.#audio.load();
  }
}
