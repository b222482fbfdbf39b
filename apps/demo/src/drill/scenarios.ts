import type { NaverCaptchaEmulator } from 'naver-captcha-emulator';

/** What a day brings beside its people. Minutes are counted from midnight in Korea. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** People a minute, on average. */
  readonly peopleAMinute: number;
  /** Networks that flood the form, and how often each asks in a minute. */
  readonly flood?: {
    readonly networks: number;
    readonly asksAMinute: number;
    readonly from: number;
    readonly to: number;
  };
  /** What NAVER does from a minute on. */
  readonly naver: readonly { readonly at: number; readonly does: (emulator: NaverCaptchaEmulator) => void }[];
}

/** NAVER answers nothing but this, until the faults are cleared. */
function always(fault: 'gateway-503' | 'quota') {
  return (emulator: NaverCaptchaEmulator): void => {
    emulator.failEvery({ fault, every: 1 });
  };
}

function recover(emulator: NaverCaptchaEmulator): void {
  emulator.clearFaults();
}

/** What can be rehearsed. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'outage',
    title: 'NAVER is down from 14:00 to 15:00',
    peopleAMinute: 0.3,
    naver: [
      { at: 14 * 60, does: always('gateway-503') },
      { at: 15 * 60, does: recover },
    ],
  },
  {
    name: 'flood',
    title: 'Ninety networks ask for challenges from 09:00 on, until the day ends',
    peopleAMinute: 0.3,
    flood: { networks: 90, asksAMinute: 1, from: 9 * 60, to: 24 * 60 },
    naver: [],
  },
  {
    name: 'dry',
    title: "NAVER's day is used up at noon, by another application with the same credentials",
    peopleAMinute: 0.3,
    naver: [{ at: 12 * 60, does: always('quota') }],
  },
];
