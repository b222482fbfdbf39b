import type { ArmedFault, EmulatorFault } from '../faults/fault.js';
import type { EmulatorKey } from '../store/key-store.js';
import type { EmulatorRequest } from '../store/request-log.js';

/** A running emulator. Several can run in one process; they share no state. */
export interface NaverCaptchaEmulator extends AsyncDisposable {
  /** Where it listens, like `http://127.0.0.1:4010`: the base URL for your client. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Another emulator with this seed gives the same keys, answers and media for the same calls. */
  readonly seed: string;
  /** The text that the picture shows or the sound says. @throws {Error} if it did not issue the key, or has dropped it */
  answerOf(naverKey: string): string;
  /** The latest requests to NAVER's paths, newest last, at most `maxRequests`. */
  readonly requests: readonly EmulatorRequest[];
  /** The latest keys, newest first, at most `maxKeys`. */
  readonly keys: readonly EmulatorKey[];
  /** The faults that are set. */
  readonly faults: readonly ArmedFault[];
  /** The fault hits the next matching call, or the next `times` calls. @throws {EmulatorFaultError} listing every problem */
  failNext(fault: EmulatorFault): void;
  /** The fault hits every nth matching call: with `every: 3` the 3rd, 6th, 9th. @throws {EmulatorFaultError} */
  failEvery(fault: EmulatorFault & { readonly every: number }): void;
  /** The fault hits a share of the matching calls, 0 to 1, drawn from the seed. @throws {EmulatorFaultError} */
  failShare(fault: EmulatorFault & { readonly share: number }): void;
  clearFaults(): void;
  /** Drops keys, requests, counts and faults, and starts the random source again from the seed. */
  reset(): void;
  /** Stops listening and closes every connection. A second call has no effect. */
  close(): Promise<void>;
}
