import type { UpstreamCallEvent } from '../../events.js';
import type { NaverCaptchaClient } from '../../engines/naver/naver-captcha.client.js';
import type { CaptchaClock, CaptchaKind } from '../../types.js';

/** Whether NAVER took the credentials for a kind, as far as the latest calls tell. */
export type CaptchaCredentialsState = 'accepted' | 'refused' | 'unknown';

/** Looks like a NAVER key and is none. NAVER answers CT001 to it, and only to whom it knows. */
const MADE_UP_KEY = '0000000000000000';
/** What people's own calls show holds so long. */
const KNOWN_MS = 300_000;
/** A kind is asked about no more often, whatever came of it. */
const PROBE_MS = 60_000;

/**
 * Image and audio apart: NAVER Developers has them ticked apart. Where people's own calls tell nothing, NAVER is asked
 * for the picture of a made-up key: issuing and comparing count against the day's quota, fetching does not (documented).
 */
export class KnownCredentials {
  readonly #known = new Map<CaptchaKind, { readonly isAccepted: boolean; readonly atMs: number }>();
  readonly #probes = new Map<CaptchaKind, { readonly ended: Promise<unknown>; readonly atMs: number }>();

  constructor(
    private readonly client: NaverCaptchaClient,
    private readonly clock: CaptchaClock,
  ) {}

  note({ kind, code }: UpstreamCallEvent): void {
    const isAccepted = shows(code);
    if (isAccepted !== undefined) this.#known.set(kind, { isAccepted, atMs: this.clock.now() });
  }

  /** Asks NAVER where that is due; whoever comes meanwhile waits for the same call. */
  async refresh(kind: CaptchaKind): Promise<void> {
    const known = this.#known.get(kind);
    if (known?.isAccepted === true && this.#isWithin(KNOWN_MS, known.atMs)) return;
    let probe = this.#probes.get(kind);
    if (probe === undefined || !this.#isWithin(PROBE_MS, probe.atMs)) {
      // What it shows is noted like that of any call; a call that failed is no news of the credentials.
      const ended = this.client.fetchMedia(kind, MADE_UP_KEY).catch(() => undefined);
      probe = { ended, atMs: this.clock.now() };
      this.#probes.set(kind, probe);
    }
    await probe.ended;
  }

  /** Refused credentials stay so until a call shows otherwise; accepted ones are unknown again after a while. */
  of(kind: CaptchaKind): CaptchaCredentialsState {
    const known = this.#known.get(kind);
    if (known === undefined) return 'unknown';
    if (!known.isAccepted) return 'refused';
    return this.#isWithin(KNOWN_MS, known.atMs) ? 'accepted' : 'unknown';
  }

  /** A clock that went back makes old what it cannot date. */
  #isWithin(ms: number, atMs: number): boolean {
    const ageMs = this.clock.now() - atMs;
    return ageMs >= 0 && ageMs < ms;
  }
}

/** Said of a key, and only to whom NAVER knows. */
const ABOUT_THE_KEY: readonly UpstreamCallEvent['code'][] = ['CAPTCHA_EXPIRED', 'CAPTCHA_INVALID'];

/** Nothing where the call ended before NAVER looked at the credentials, or nobody can tell whether it did. */
function shows(code: UpstreamCallEvent['code']): boolean | undefined {
  if (code === undefined || ABOUT_THE_KEY.includes(code)) return true;
  return code === 'CAPTCHA_MISCONFIGURED' ? false : undefined;
}
