import type { EmulatorCall, EmulatorKind, EmulatorPlatform } from '../protocol/call.js';

/** The calls a fault hits: those that match every field given. */
export interface EmulatorFaultTarget {
  readonly call?: EmulatorCall | undefined;
  readonly kind?: EmulatorKind | undefined;
  readonly platform?: EmulatorPlatform | undefined;
  /**
   * Number of calls it hits before it is removed.
   * @default 1 for `failNext`; no limit for `failEvery` and `failShare`
   */
  readonly times?: number | undefined;
  /**
   * Milliseconds to wait first: a number, or [least, most] to draw from. Can be combined with every fault, and is
   * required by `latency`.
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
  /** The connection is reset before the first byte of the reply. */
  | 'reset-before-headers'
  /** The call is carried out; the connection is reset after the headers and the first bytes of the body. */
  | 'reset-after-headers'
  /** The call is carried out; the reply is 200 without a body. */
  | 'empty'
  /** The call is carried out and answered with `result` as the string `"true"` or `"false"`. Hits comparisons only. */
  | 'wrong-result-type';

export type EmulatorFaultKind =
  | { readonly fault: EmulatorPlainFaultName }
  /** The call is carried out and answered as usual, `latencyMs` late. */
  | { readonly fault: 'latency'; readonly latencyMs: number | readonly [number, number] }
  | {
      /** The call is carried out; half of the body is sent. */
      readonly fault: 'truncated';
      /**
       * `false`: the reply ends after half of the body and looks complete. `true`: Content-Length announces the whole
       * body, and the connection ends early.
       * @default false
       */
      readonly abort?: boolean | undefined;
    }
  /** A web page with status 200 in place of the reply, as maintenance pages and captive portals send it. */
  | { readonly fault: 'html' }
  | {
      /** The call is carried out and answered as usual, with another Content-Type. */
      readonly fault: 'wrong-content-type';
      /** @default 'application/octet-stream' */
      readonly contentType?: string | undefined;
    }
  | {
      /** The reply holds a key of another form, which the emulator does not keep. Hits issuing only. */
      readonly fault: 'odd-key';
      /** @default '키 / ../../etc?key=<odd>&' */
      readonly key?: string | undefined;
    }
  | {
      /** 302 in place of the reply. */
      readonly fault: 'redirect';
      /** @default '/redirected' on this emulator: a client that follows the redirect appears in `requests` */
      readonly location?: string | undefined;
    }
  | {
      /** The call is carried out; the body is padded with spaces (JSON stays valid), that of media with zeros. */
      readonly fault: 'oversized';
      /** Length of the body in bytes. @default 2097152, 2 MiB */
      readonly bytes?: number | undefined;
    }
  | {
      /** The call is carried out; the reply is headers, then single bytes without end: spaces before JSON never make it invalid. */
      readonly fault: 'drip';
      /** Milliseconds between bytes. @default 100 */
      readonly intervalMs?: number | undefined;
    }
  | {
      /** The given reply in place of NAVER's. */
      readonly fault: 'reply';
      readonly status: number;
      /** @default 'application/json;charset=UTF-8' */
      readonly contentType?: string | undefined;
      readonly body: string;
    };

/** What goes wrong, and for which calls. */
export type EmulatorFault = EmulatorFaultTarget & EmulatorFaultKind;

export type EmulatorFaultName = EmulatorFault['fault'];

/** A fault that is set and hits the calls it matches. */
export interface ArmedFault {
  readonly id: number;
  readonly fault: EmulatorFault;
  /** Hits every `every`th matching call. */
  readonly every?: number | undefined;
  /** Hits this share of the matching calls, 0 to 1. */
  readonly share?: number | undefined;
  /** Number of calls hit so far. */
  readonly hits: number;
}
