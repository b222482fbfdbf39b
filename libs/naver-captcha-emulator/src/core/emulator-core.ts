import { drawPicture, speakDigits, type DrawPictureOptions } from 'captcha-media';
import { ArmedFaults } from '../faults/armed-faults.js';
import type { ArmedFault } from '../faults/fault.js';
import { parseFault } from '../faults/parse-fault.js';
import type { Settings } from '../options/options.js';
import { Random } from '../random.js';
import { KeyStore, viewKey, type EmulatorKey, type StoredKey } from '../store/key-store.js';
import { RequestLog, type EmulatorRequest, type LoggedRequest } from '../store/request-log.js';
import { EventFeed } from './event-feed.js';
import { NaverRules } from './naver-rules.js';

/** The state of one emulator, and what HTTP requests and code can do with it. */
export class EmulatorCore {
  readonly settings: Settings;
  readonly naver: NaverRules;
  readonly faults: ArmedFaults;
  readonly feed = new EventFeed();
  readonly log: RequestLog;
  readonly #keys: KeyStore;
  readonly #random: Random;
  #latencyRandom: Random;

  constructor(settings: Settings) {
    this.settings = settings;
    this.#random = new Random(settings.seed);
    this.#keys = new KeyStore(settings.maxKeys);
    this.naver = new NaverRules(settings, this.#keys, this.#random);
    this.faults = new ArmedFaults(this.#random);
    this.log = new RequestLog(settings.maxRequests);
    this.#latencyRandom = this.#random.fork('latency');
  }

  keys(limit?: number): EmulatorKey[] {
    const now = this.settings.now();
    return this.#keys.newestFirst(limit).map((stored) => viewKey(stored, now));
  }

  key(name: string): EmulatorKey | undefined {
    const stored = this.#keys.get(name);
    return stored === undefined ? undefined : viewKey(stored, this.settings.now());
  }

  storedKey(name: string | undefined): StoredKey | undefined {
    return name === undefined ? undefined : this.#keys.get(name);
  }

  /** The JPEG or WAV of a key. It is made again for each call, because it is the same each time. */
  mediaOf(key: Pick<StoredKey, 'key' | 'kind' | 'answer'>): Promise<Buffer> | Buffer {
    if (key.kind === 'image') return drawPicture(key.answer, this.#pictureOptions(key.key));
    return speakDigits(key.answer, { seed: this.#mediaSeed(key.key), lang: this.settings.lang });
  }

  /** The milliseconds that a fault's `latencyMs` means for one call. */
  drawLatency(latencyMs: number | readonly [number, number]): number {
    return typeof latencyMs === 'number' ? latencyMs : this.#latencyRandom.between(...latencyMs);
  }

  /** @throws {EmulatorFaultError} listing every problem */
  armFault(given: unknown): ArmedFault {
    const armed = this.faults.arm(parseFault(given));
    this.#publishFaults();
    return armed;
  }

  /** Returns false if no fault has this id. */
  disarmFault(id: number): boolean {
    const disarmed = this.faults.disarm(id);
    this.#publishFaults();
    return disarmed;
  }

  clearFaults(): void {
    this.faults.clear();
    this.#publishFaults();
  }

  /** Call this when the reply to a request was sent or its connection closed. */
  finished(request: LoggedRequest, key: StoredKey | undefined): void {
    const { onRequest, now } = this.settings;
    if (this.feed.watched) {
      if (key !== undefined) this.feed.publish({ type: 'key', data: viewKey(key, now()) });
      if (request.fault !== undefined) this.#publishFaults();
      this.feed.publish({ type: 'request', data: copyOf(request) });
    }
    onRequest?.(copyOf(request));
  }

  /** Drops keys, requests, counts and faults, and starts the random source again from its seed. */
  reset(): void {
    this.#keys.clear();
    this.log.reset();
    this.faults.reset();
    this.naver.reset();
    this.#latencyRandom = this.#random.fork('latency');
    this.feed.publish({ type: 'reset', data: null });
  }

  #publishFaults(): void {
    if (this.feed.watched) this.feed.publish({ type: 'faults', data: this.faults.list() });
  }

  #pictureOptions(key: string): DrawPictureOptions {
    const { style } = this.settings;
    return {
      seed: this.#mediaSeed(key),
      style: style === 'mixed' ? this.#random.fork(`style ${key}`).pick('photo', 'flow') : style,
    };
  }

  // Each key has its own seed, so that its media do not depend on the order of fetches.
  #mediaSeed(key: string): string {
    return `${key} ${this.settings.seed}`;
  }
}

const copyOf = (request: LoggedRequest): EmulatorRequest => ({ ...request });
