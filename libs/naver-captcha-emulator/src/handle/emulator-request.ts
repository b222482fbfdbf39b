import type { EmulatorCall, EmulatorKind, EmulatorPlatform } from '../calls/call.js';
import type { EmulatorFaultName } from '../faults/fault.js';

/** One request the emulator took. Those of its own page and of `/__emulator/…` are not among them. */
export interface EmulatorRequest {
  /** Counts up from 1. */
  readonly id: number;
  /** When it came, in milliseconds of the emulator's clock. */
  readonly at: number;
  /** Undefined where the path is none of NAVER's. */
  readonly platform: EmulatorPlatform | undefined;
  /** Undefined where the path is none of NAVER's. */
  readonly kind: EmulatorKind | undefined;
  /** Undefined where path, method or `code` are none of NAVER's. */
  readonly call: EmulatorCall | undefined;
  readonly method: string;
  /** Path and query, shortened if very long. Credentials are never in it. */
  readonly path: string;
  /** The `key` parameter, or the key that was issued. */
  readonly naverKey: string | undefined;
  /** Undefined until the reply begins; stays so where a fault left the request without one. */
  readonly status: number | undefined;
  /** Milliseconds of real time until the reply had left or the connection was gone; undefined until then. */
  readonly durationMs: number | undefined;
  /** The fault that hit it. */
  readonly fault: EmulatorFaultName | undefined;
}
