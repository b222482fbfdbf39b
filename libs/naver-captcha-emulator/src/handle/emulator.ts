import type { ArmedFault, EmulatorFault } from '../faults/fault.js';
import type { EmulatorKey } from './emulator-key.js';
import type { EmulatorRequest } from './emulator-request.js';

/** A running emulator. Everything it knows is here; several in one process know nothing of each other. */
export interface NaverCaptchaEmulator extends AsyncDisposable {
  /** Where it listens, like `http://127.0.0.1:4010`: the base URL for your client. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Start another with this seed, and make the same calls, to see the same again. */
  readonly seed: string;
  /** What a person would read or hear. @throws {Error} for a key it never issued, or has forgotten */
  answerOf(naverKey: string): string;
  /** The picture of an image key as SVG, before it becomes a JPEG. @throws {Error} as `answerOf`, and for audio keys */
  svgOf(naverKey: string): string;
  /** The latest requests to NAVER's paths, newest last, at most `maxRequests`. */
  readonly requests: readonly EmulatorRequest[];
  /** The keys it remembers, newest first. */
  readonly keys: readonly EmulatorKey[];
  /** The faults that wait for calls. */
  readonly faults: readonly ArmedFault[];
  /** The next call that matches goes wrong (the next `times` calls). @throws {EmulatorFaultError} listing every problem */
  failNext(fault: EmulatorFault): void;
  /** Every so manieth call that matches goes wrong: with `every: 3` the 3rd, 6th, 9th. @throws {EmulatorFaultError} */
  failEvery(fault: EmulatorFault & { readonly every: number }): void;
  /** A share of the calls that match, 0 to 1, goes wrong; which ones is drawn from the seed. @throws {EmulatorFaultError} */
  failShare(fault: EmulatorFault & { readonly share: number }): void;
  clearFaults(): void;
  /** Forgets keys, requests, counts and faults, and starts the random source again from the seed: as if just started. */
  reset(): void;
  /** Stops listening and cuts every connection. Closing twice is fine. */
  close(): Promise<void>;
}
