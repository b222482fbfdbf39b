import type { Server } from 'node:http';
import type { EmulatorCore } from '../core/emulator-core.js';
import type { ArmedFault, EmulatorFault } from '../faults/fault.js';
import type { EmulatorKey, StoredKey } from '../store/key-store.js';
import type { EmulatorRequest } from '../store/request-log.js';
import type { NaverCaptchaEmulator } from './emulator.js';

/** NaverCaptchaEmulator documents the members. */
export class RunningEmulator implements NaverCaptchaEmulator {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly seed: string;
  readonly #core: EmulatorCore;
  readonly #server: Server;
  #closed: Promise<void> | undefined;

  constructor(core: EmulatorCore, server: Server, url: string) {
    this.#core = core;
    this.#server = server;
    this.url = url;
    this.clientId = core.settings.clientId;
    this.clientSecret = core.settings.clientSecret;
    this.seed = core.settings.seed;
  }

  get requests(): readonly EmulatorRequest[] {
    return this.#core.log.latest();
  }

  get keys(): readonly EmulatorKey[] {
    return this.#core.keys();
  }

  get faults(): readonly ArmedFault[] {
    return this.#core.faults.list();
  }

  answerOf(naverKey: string): string {
    return this.#known(naverKey).answer;
  }

  failNext(fault: EmulatorFault): void {
    this.#core.armFault({ ...fault, every: undefined, share: undefined });
  }

  failEvery(fault: EmulatorFault & { readonly every: number }): void {
    this.#core.armFault({ share: undefined, ...fault, every: fault.every });
  }

  failShare(fault: EmulatorFault & { readonly share: number }): void {
    this.#core.armFault(fault);
  }

  clearFaults(): void {
    this.#core.clearFaults();
  }

  reset(): void {
    this.#core.reset();
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #known(naverKey: string): StoredKey {
    const key = this.#core.storedKey(naverKey);
    if (key === undefined) {
      throw new Error(
        `This emulator never issued the key ${JSON.stringify(naverKey)}, or has dropped it since (reset, or more than maxKeys keys). ` +
          'Give the NAVER key that the issue call returned, not a key your application made from it.',
      );
    }
    return key;
  }
}
