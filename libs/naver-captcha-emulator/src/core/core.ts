import type { ArmedFault } from '../faults/fault.js';
import { FaultBook } from '../faults/fault-book.js';
import { parseFaultOrder } from '../faults/parse-fault.js';
import { viewKey, type EmulatorKey } from '../handle/emulator-key.js';
import type { EmulatorRequest } from '../handle/emulator-request.js';
import type { Settings } from '../options/settings.js';
import { Random } from '../random/random.js';
import { drawPicture, toJpeg } from '../render/picture.js';
import { Naver } from '../rules/naver.js';
import { speak } from '../sound/speak.js';
import { Voice } from '../sound/voice.js';
import { KeyStore, type StoredKey } from '../store/key-store.js';
import { RequestLog, type LoggedRequest } from '../store/request-log.js';
import { Feed } from './feed.js';

/** Everything one emulator knows; HTTP and the handle both speak to it. */
export class Core {
  readonly settings: Settings;
  readonly naver: Naver;
  readonly faults: FaultBook;
  readonly feed = new Feed();
  readonly log: RequestLog;
  latencyRandom: Random;
  readonly #keys: KeyStore;
  readonly #random: Random;
  readonly #voice: Voice;

  constructor(settings: Settings) {
    this.settings = settings;
    this.#random = new Random(settings.seed);
    this.#voice = new Voice(settings.lang);
    this.#keys = new KeyStore(settings.maxKeys);
    this.naver = new Naver(settings, this.#keys, this.#random);
    this.faults = new FaultBook(this.#random);
    this.log = new RequestLog(settings.maxRequests);
    this.latencyRandom = this.#random.fork('latency');
  }

  keys(limit?: number): EmulatorKey[] {
    const now = this.settings.now();
    return this.#keys.newestFirst(limit).map((stored) => viewKey(stored, now));
  }

  key(name: string): EmulatorKey | undefined {
    const stored = this.#keys.get(name);
    return stored === undefined ? undefined : viewKey(stored, this.settings.now());
  }

  svgOf(key: Pick<StoredKey, 'key' | 'answer'>): string {
    return drawPicture(this.settings.style, key.answer, this.#mediaRandom(key.key));
  }

  /** The JPEG or WAV of a key. Not kept: it is the same each time. */
  mediaOf(key: Pick<StoredKey, 'key' | 'kind' | 'answer'>): Promise<Buffer> | Buffer {
    if (key.kind === 'image') return toJpeg(this.svgOf(key));
    return speak(key.answer, this.#voice, this.#mediaRandom(key.key));
  }

  armFault(order: unknown): ArmedFault {
    const armed = this.faults.arm(parseFaultOrder(order));
    this.#publishFaults();
    return armed;
  }

  disarmFault(id: number): boolean {
    const gone = this.faults.disarm(id);
    this.#publishFaults();
    return gone;
  }

  clearFaults(): void {
    this.faults.clear();
    this.#publishFaults();
  }

  /** To be called when a request is over. */
  finished(request: LoggedRequest, key: StoredKey | undefined): void {
    const { onRequest, now } = this.settings;
    if (this.feed.watched) {
      if (key !== undefined) this.feed.publish({ type: 'key', data: viewKey(key, now()) });
      if (request.fault !== undefined) this.#publishFaults();
      this.feed.publish({ type: 'request', data: copyOf(request) });
    }
    onRequest?.(copyOf(request));
  }

  storedKey(name: string | undefined): StoredKey | undefined {
    return name === undefined ? undefined : this.#keys.get(name);
  }

  /** As if just started: keys, requests, counts and faults are gone, and the random source starts again from its seed. */
  reset(): void {
    this.#keys.clear();
    this.log.reset();
    this.faults.reset();
    this.naver.reset();
    this.latencyRandom = this.#random.fork('latency');
    this.feed.publish({ type: 'reset', data: null });
  }

  #publishFaults(): void {
    if (this.feed.watched) this.feed.publish({ type: 'faults', data: this.faults.list() });
  }

  // A source for each key, so that media do not depend on the order in which they are fetched.
  #mediaRandom(key: string): Random {
    return this.#random.fork(`media ${key}`);
  }
}

const copyOf = (request: LoggedRequest): EmulatorRequest => ({ ...request });
