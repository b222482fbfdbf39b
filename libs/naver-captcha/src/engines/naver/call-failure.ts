import { CaptchaException, CaptchaUnavailableException } from '../../errors.js';

/** With these codes this process refused the request. */
const NOT_SENT = new Set(['CLOSED', 'TOO_MANY_WAITING']);
/** With these codes no byte of the request reached NAVER. */
const NOT_REACHED = new Set([
  ...NOT_SENT,
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** Too many calls of this process are no outage of NAVER and must not open the breaker. */
const OWN_CALLS = new Set(['TOO_MANY_WAITING', 'TIMEOUT_IN_QUEUE']);

/** Where requests go. */
export interface Route {
  /** Host and port that a developer finds in baseUrl. */
  readonly host: string;
  /** Host and port of the forward proxy, without its credentials. */
  readonly proxy?: string | undefined;
}

/** How a request ended that got no usable reply. */
export interface CallFailure {
  readonly error: CaptchaException;
  readonly sent: boolean;
  readonly reached: boolean;
}

/**
 * Turns what was thrown instead of a reply into the exception for the caller.
 * @param lagged whether this process was too busy to send the request, or to read the reply, in time
 */
export function callFailure(thrown: unknown, route: Route, lagged: boolean): CallFailure {
  const code = errorCode(thrown);
  const sent = !NOT_SENT.has(code ?? '');
  const reached = !NOT_REACHED.has(code ?? '') && code?.startsWith('PROXY_') !== true;
  if (thrown instanceof CaptchaException) return { error: thrown, sent, reached };
  const isOwn = lagged || OWN_CALLS.has(code ?? '');
  const error = new CaptchaUnavailableException({
    origin: isOwn ? 'too-fast' : 'naver',
    upstream: { code },
    detail: `NAVER cannot be reached at ${shown(route)} (${code ?? 'unknown error'}). ${remedy(code ?? '', lagged)}`,
  });
  return { error, sent, reached };
}

function shown({ host, proxy }: Route): string {
  return proxy === undefined ? host : `${host} through the forward proxy ${proxy}`;
}

/** What the operator can check. */
function remedy(code: string, lagged: boolean): string {
  if (lagged) {
    return 'This process was too busy to send the request or read the reply in time: look for work that blocks its event loop.';
  }
  if (OWN_CALLS.has(code)) return 'Other calls of this process hold every socket: see maxSockets.';
  if (code === 'CLOSED') return 'The application is shutting down.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return 'This machine cannot resolve the name: check its DNS, and set HTTPS_PROXY if it needs a forward proxy.';
  }
  if (code === 'ECONNREFUSED') {
    return 'Nothing listens there: check baseUrl, and whether the emulator or the forward proxy runs, if it is one.';
  }
  if (code === 'PROXY_407') return 'Put user and password into the URL of the forward proxy.';
  if (code.startsWith('PROXY_')) return 'The forward proxy refuses the connection: allow the host there.';
  if (/CERT|UNABLE_TO|^ERR_(TLS|SSL)/.test(code)) {
    return 'TLS fails: if a proxy opens TLS connections, name the file of its CA in NODE_EXTRA_CA_CERTS.';
  }
  if (code === 'REPLY_TOO_LARGE') return 'Check what replies there.';
  return 'Check the connection from this machine, and set HTTPS_PROXY if it needs a forward proxy.';
}

/** The code of an error of the system or of undici. Nothing else is kept: an AxiosError holds headers and URL. */
function errorCode(thrown: unknown): string | undefined {
  // Not instanceof: in the realm of a test runner Node's errors have another class.
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  const { code } = thrown;
  // Undici has no code for the status of a proxy, so it is read from the message.
  const message = 'message' in thrown ? thrown.message : undefined;
  const [, status] = /^Proxy response \((\d{3})\)/.exec(String(message)) ?? [];
  if (code === 'UND_ERR_ABORTED' && status !== undefined) return `PROXY_${status}`;
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : undefined;
}
