import type { UpstreamCallEvent } from '../../events.js';
import type { NaverCaptchaClient } from '../../engines/naver/naver-captcha.client.js';
import { spanClock } from '../../span-clock.js';
import type { CaptchaClock, CaptchaMediaKind } from '../../types.js';

/** Whether NAVER accepts the credentials for a kind, as the latest calls show. */
export type CaptchaCredentialsState = 'accepted' | 'refused' | 'unknown';

/** Has the form of a NAVER key. NAVER answers CT001 to it, and only if it accepts the credentials. */
const MADE_UP_KEY = '0000000000000000';
/** How long the result of a call is trusted. */
const KNOWN_MS = 300_000;
/** The least time between two probes of a kind, also after a failed probe. */
const PROBE_MS = 60_000;

/**
 * Whether NAVER accepts the credentials, for each kind: NAVER Developers enables each separately. If no recent call for
 * a visitor shows it, a probe fetches the picture of a made-up key, because fetching does not count against the day's
 * quota, unlike issuing and comparing (documented). NAVER Cloud serves pictures without credentials (observed), so there
 * a probe shows refused credentials at most.
 */
export class KnownCredentials {
  readonly #known = new Map<CaptchaMediaKind, { readonly isAccepted: boolean; readonly atMs: number }>();
  readonly #probes = new Map<CaptchaMediaKind, { readonly ended: Promise<unknown>; readonly atMs: number }>();
  readonly #spanMs: () => number;

  constructor(
    private readonly client: NaverCaptchaClient,
    clock: CaptchaClock,
  ) {
    this.#spanMs = spanClock(clock);
  }

  note(event: UpstreamCallEvent): void {
    const isAccepted = acceptedBy(event);
    if (isAccepted !== undefined) this.#known.set(event.kind, { isAccepted, atMs: this.#spanMs() });
  }

  /** Probes NAVER if a probe is due; other callers in the meantime wait for the same call. */
  async refresh(kind: CaptchaMediaKind): Promise<void> {
    const known = this.#known.get(kind);
    if (known?.isAccepted === true && this.#isWithin(KNOWN_MS, known.atMs)) return;
    let probe = this.#probes.get(kind);
    if (probe === undefined || !this.#isWithin(PROBE_MS, probe.atMs)) {
      // note() gets the result from the call's event, as for any call; a failed call shows nothing.
      const ended = this.client.fetchMedia(kind, MADE_UP_KEY).catch(() => undefined);
      probe = { ended, atMs: this.#spanMs() };
      this.#probes.set(kind, probe);
    }
    await probe.ended;
  }

  /** Refused credentials stay refused until a call is accepted; accepted ones become unknown after KNOWN_MS. */
  of(kind: CaptchaMediaKind): CaptchaCredentialsState {
    const known = this.#known.get(kind);
    if (known === undefined) return 'unknown';
    if (!known.isAccepted) return 'refused';
    return this.#isWithin(KNOWN_MS, known.atMs) ? 'accepted' : 'unknown';
  }

  #isWithin(ms: number, atMs: number): boolean {
    return this.#spanMs() - atMs < ms;
  }
}

/** NAVER replies with these about a key, after it has accepted the credentials. */
const KEY_CODES: readonly UpstreamCallEvent['code'][] = ['CAPTCHA_EXPIRED', 'CAPTCHA_INVALID'];

/** Returns undefined if the call does not show whether NAVER accepts the credentials. */
function acceptedBy({ platform, operation, code }: UpstreamCallEvent): boolean | undefined {
  if (code === 'CAPTCHA_MISCONFIGURED') return false;
  if (operation === 'fetch' && platform !== 'developers') return undefined;
  return code === undefined || KEY_CODES.includes(code) ? true : undefined;
}
