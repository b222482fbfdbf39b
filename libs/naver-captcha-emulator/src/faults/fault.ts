import type { EmulatorCall, EmulatorKind, EmulatorPlatform } from '../calls/call.js';

/** Which calls a fault hits: all that match every field given. */
export interface EmulatorFaultTarget {
  readonly call?: EmulatorCall | undefined;
  readonly kind?: EmulatorKind | undefined;
  readonly platform?: EmulatorPlatform | undefined;
  /**
   * How many calls it hits before it is spent.
   * @default 1 for `failNext`; no end for `failEvery` and `failShare`
   */
  readonly times?: number | undefined;
  /**
   * Milliseconds before anything happens: a number, or [least, most] to draw from. Goes with every fault; with
   * `latency` it is the fault.
   */
  readonly latencyMs?: number | readonly [number, number] | undefined;
}

/** Faults without settings of their own. */
export type EmulatorPlainFaultName =
  /** 500 `CT500` (documented). */
  | 'system-error'
  /** 401: `024`, or the gateway's `200` (documented). */
  | 'unauthorized'
  /** The CAPTCHA API is not ticked: 401 `024` 'Scope Status Invalid', or the gateway's 429 `400` (observed, documented). */
  | 'not-ticked'
  /** 403 without a CT code, or the gateway's 401 `210` (documented). */
  | 'permission-denied'
  /** 429 `010`, or the gateway's `400` (observed, documented). */
  | 'quota'
  /** 429 `012`, or the gateway's `420` (observed, documented). */
  | 'rate-limit'
  /** 503 `500` (documented for the gateway; on `developers` the same status in its own shape). */
  | 'gateway-503'
  /** 504 `510` (as above). */
  | 'gateway-504'
  /** The call is accepted and never answered. */
  | 'silence'
  /** The connection is reset before a byte of the reply. */
  | 'reset-before-headers'
  /** The call is carried out; the connection is reset after the headers and the first bytes of the body. */
  | 'reset-after-headers'
  /** 200 with no body; the call is carried out. */
  | 'empty'
  /** The call is carried out and answered with `result` as the text `"true"` or `"false"`. Hits comparisons only. */
  | 'wrong-result-type';

export type EmulatorFaultKind =
  | { readonly fault: EmulatorPlainFaultName }
  /** The call is carried out and answered as always, `latencyMs` late. */
  | { readonly fault: 'latency'; readonly latencyMs: number | readonly [number, number] }
  | {
      /** The call is carried out; half of the body is sent. */
      readonly fault: 'truncated';
      /**
       * `false`: half of the body is all there seems to be. `true`: the headers promise the whole, and the connection
       * ends early.
       * @default false
       */
      readonly abort?: boolean | undefined;
    }
  /** A web page with status 200 in place of the reply, as maintenance pages and captive portals do. */
  | { readonly fault: 'html' }
  | {
      /** The call is carried out and answered as always, under another label. */
      readonly fault: 'wrong-content-type';
      /** @default 'application/octet-stream' */
      readonly contentType?: string | undefined;
    }
  | {
      /** Issues a key of another shape (it is not remembered). Hits issuing only. */
      readonly fault: 'odd-key';
      /** @default '키 / ../../etc?key=<odd>&' */
      readonly key?: string | undefined;
    }
  | {
      /** 302 in place of the reply. */
      readonly fault: 'redirect';
      /** @default '/redirected' on this emulator: a client that follows shows up in `requests` */
      readonly location?: string | undefined;
    }
  | {
      /** The call is carried out; its body is filled up with spaces (JSON stays valid) or zeros. */
      readonly fault: 'oversized';
      /** @default 2097152, 2 MiB */
      readonly bytes?: number | undefined;
    }
  | {
      /** The call is carried out; headers, then single bytes without end. JSON dribbles spaces, and so never becomes invalid. */
      readonly fault: 'drip';
      /** Milliseconds from byte to byte. @default 100 */
      readonly intervalMs?: number | undefined;
    }
  | {
      /** A literal reply in place of NAVER's: for everything else. */
      readonly fault: 'reply';
      readonly status: number;
      /** @default 'application/json;charset=UTF-8' */
      readonly contentType?: string | undefined;
      readonly body: string;
    };

/** A bad day to order: what goes wrong, and for which calls. */
export type EmulatorFault = EmulatorFaultTarget & EmulatorFaultKind;

export type EmulatorFaultName = EmulatorFault['fault'];

/** A fault that waits for its calls. */
export interface ArmedFault {
  readonly id: number;
  readonly fault: EmulatorFault;
  /** Hits every so manieth matching call. */
  readonly every?: number | undefined;
  /** Hits this share of matching calls, 0 to 1. */
  readonly share?: number | undefined;
  /** Calls hit so far. */
  readonly hits: number;
}
