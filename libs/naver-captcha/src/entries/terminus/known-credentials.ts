import type { UpstreamCallEvent } from '../../events.js';
import type { NaverCaptchaClient } from '../../engines/naver/naver-captcha.client.js';
import { spanClock } from '../../span-clock.js';
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
 * On NAVER Cloud that shows refused credentials at most, since it serves pictures without credentials (observed).
 */
export class KnownCredentials {
  readonly #known = new Map<CaptchaKind, { readonly isAccepted: boolean; readonly atMs: number }>();
  readonly #probes = new Map<CaptchaKind, { readonly ended: Promise<unknown>; readonly atMs: number }>();

  readonly #spanMs: () => number;

  constructor(
    private readonly client: NaverCaptchaClient,
    clock: CaptchaClock,
  ) {
    this.#spanMs = spanClock(clock);
  }

  note(event: UpstreamCallEvent): void {
    const { kind } = event;
    const isAccepted = shows(event);
    if (isAccepted !== undefined) this.#known.set(kind, { isAccepted, atMs: this.#spanMs() });
  }

  /** Asks NAVER where that is due; whoever comes meanwhile waits for the same call. */
  async refresh(kind: CaptchaKind): Promise<void> {
    const known = this.#known.get(kind);
    if (known?.isAccepted === true && this.#isWithin(KNOWN_MS, known.atMs)) return;
    let probe = this.#probes.get(kind);
    if (probe === undefined || !this.#isWithin(PROBE_MS, probe.atMs)) {
      // What it shows is noted like that of any call; a call that failed is no news of the credentials.
      const ended = this.client.fetchMedia(kind, MADE_UP_KEY).catch(() => undefined);
      probe = { ended, atMs: this.#spanMs() };
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

  #isWithin(ms: number, atMs: number): boolean {
    return this.#spanMs() - atMs < ms;
  }
}

/** Said of a key, and only to whom NAVER knows. */
const ABOUT_THE_KEY: readonly UpstreamCallEvent['code'][] = ['CAPTCHA_EXPIRED', 'CAPTCHA_INVALID'];

/** Returns undefined if the call does not show whether NAVER accepts the credentials. */
function shows({ platform, operation, code }: UpstreamCallEvent): boolean | undefined {
  if (code === 'CAPTCHA_MISCONFIGURED') return false;
  // Observed: NAVER Cloud serves pictures and sounds without credentials.
  if (operation === 'fetch' && platform !== 'developers') return undefined;
  return code === undefined || ABOUT_THE_KEY.includes(code) ? true : undefined;
}
