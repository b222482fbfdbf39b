import type { CaptchaClock } from 'nestjs-naver-captcha';

/** The time of a drill: it stands still but for what the drill does, so that a day takes a minute. */
export class DrillClock implements CaptchaClock {
  #nowMs: number;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonicNow(): number {
    return this.#nowMs;
  }

  moveTo(atMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }
}
