/** Why a call was given up on this side; beside these there are the system's and undici's own codes. */
export type TransportFailure =
  | 'TOO_MANY_WAITING'
  | 'REPLY_TOO_LARGE'
  | 'TIMEOUT'
  /** All of the time, or some of it, went by while calls of our own held every socket. */
  | 'TIMEOUT_IN_QUEUE'
  | 'CLOSED';

/** A call that came to no reply. */
export class TransportError extends Error {
  constructor(readonly code: TransportFailure) {
    super(code);
  }
}
