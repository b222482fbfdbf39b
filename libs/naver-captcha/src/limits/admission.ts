import { Inject, Injectable } from '@nestjs/common';

import { NO_ASKER, type OpenedToll } from '../keys/captcha-keys.js';
import { CAPTCHA_OPTIONS } from '../tokens.js';
import type { CaptchaPressure, ResolvedCaptchaOptions } from '../types.js';
import { AskedCounts } from './asked-counts.js';
import { BusiestAskers } from './busiest-askers.js';
import { DayQuota } from './day-quota.js';
import { type Household, standsForAnyone } from './household.js';
import type { ExceededLimit } from './household-limit.js';
import { IssueLimit } from './issue-limit.js';
import { atLeast, DEAREST_LEVEL, levelOf, pressureOf } from './pressure.js';
import { Tolls } from './tolls.js';
import { WrongAnswers } from './wrong-answers.js';

/** Who asks for a challenge, and how. */
export interface Asking {
  /** The client's address; undefined if it is not known, which sets no limits. */
  readonly by: string | undefined;
  /** Whether the page can pay a toll. */
  readonly canPay: boolean;
  /** The toll that the page has paid for this challenge. */
  readonly toll: OpenedToll | undefined;
  /** What the application says of the request. */
  readonly pressure: CaptchaPressure;
}

/** A client that may have a challenge for its price. */
export interface Admitted {
  /** The tag of its household, for the key; zeros if wrong answers are not charged to it. */
  readonly askerTag: Buffer;
  /** What the challenge is worth, 0 to 5. */
  readonly level: number;
  /** The level of the toll that was paid; 0 if none was. */
  readonly paidLevel: number;
  /** The challenge is not made after all: takes back what was counted. A toll is given back if it was not at fault. */
  takeBack(options: { readonly keepsToll: boolean }): Promise<void>;
}

/** The toll that was spent; without one, what `issueLimit` says of the household. */
interface Payment {
  readonly spent?: OpenedToll | undefined;
  readonly exceeded?: ExceededLimit | undefined;
}

/**
 * How many times `issueLimit` a page may ask for that pays for what is beyond it: enough for an office in the morning. With
 * more, a reader of nine pictures in ten would pay little for thousands of them (bench/pressure).
 */
const PAYING_STRETCH = 4;

/**
 * Decides at which price a client gets a challenge: by what its household, and the network around it, asked for and
 * answered wrongly within the hour. All of it is counted side by side in the store.
 */
@Injectable()
export class Admission {
  constructor(
    @Inject(IssueLimit) private readonly issueLimit: IssueLimit,
    @Inject(AskedCounts) private readonly askedCounts: AskedCounts,
    @Inject(WrongAnswers) private readonly wrongAnswers: WrongAnswers,
    @Inject(Tolls) private readonly tolls: Tolls,
    @Inject(BusiestAskers) private readonly busiest: BusiestAskers,
    @Inject(DayQuota) private readonly quota: DayQuota,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
  ) {}

  /**
   * Counts a challenge that a client asks for.
   * @throws CaptchaTooManyException if the household or its network has used up `issueLimit`, if its network is refused,
   *   or if the household has given too many wrong answers
   */
  async ask({ by, canPay, toll, pressure }: Asking): Promise<Admitted> {
    if (by === undefined) return this.#admitUnknown(toll, pressure);
    const { household, tag } = await this.issueLimit.askerOf(by);
    const isAnyone = standsForAnyone(household);
    const [{ exceeded, spent }, asking, wrong] = await Promise.all([
      this.#payOrTake(toll, household, canPay),
      this.askedCounts.count(household),
      isAnyone ? 0 : this.wrongAnswers.countOf(tag),
    ]);
    const isBarred = wrong >= this.options.pressure.refusedFrom;
    if (isBarred || exceeded?.isRefused === true) {
      await asking.takeBack();
      throw exceeded?.isRefused === true ? this.issueLimit.refusal(exceeded) : this.wrongAnswers.refusal(tag);
    }
    const ofHousehold = levelOf({ ...asking, wrong }, this.options.pressure);
    if (pressureOf(ofHousehold) === 'high') this.busiest.report();
    return {
      askerTag: isAnyone ? NO_ASKER : tag,
      level: exceeded === undefined ? atLeast(ofHousehold, pressure) : DEAREST_LEVEL,
      paidLevel: spent?.level ?? 0,
      takeBack: async ({ keepsToll }) => {
        await Promise.all([asking.takeBack(), keepsToll ? undefined : this.#giveBack(spent)]);
      },
    };
  }

  async #admitUnknown(toll: OpenedToll | undefined, pressure: CaptchaPressure): Promise<Admitted> {
    const spent = await this.#spend(toll);
    return {
      askerTag: NO_ASKER,
      level: atLeast(0, pressure),
      paidLevel: spent?.level ?? 0,
      takeBack: async ({ keepsToll }) => {
        if (!keepsToll) await this.#giveBack(spent);
      },
    };
  }

  /**
   * Spends the toll, whose challenge was counted when the toll was asked for. Without one, or with one that is spent or
   * has expired, takes once from `issueLimit`: one solved toll must not pass it again and again.
   */
  async #payOrTake(toll: OpenedToll | undefined, household: Household, canPay: boolean): Promise<Payment> {
    const spent = await this.#spend(toll);
    if (spent !== undefined) return { spent };
    return { exceeded: await this.issueLimit.take('issue', household, this.#stretch(canPay)) };
  }

  /** Returns undefined if there is no toll, or it was spent before or has expired. */
  async #spend(toll: OpenedToll | undefined): Promise<OpenedToll | undefined> {
    return toll !== undefined && (await this.tolls.spend(toll)) ? toll : undefined;
  }

  async #giveBack(spent: OpenedToll | undefined): Promise<void> {
    if (spent !== undefined) await this.tolls.giveBack(spent);
  }

  /** Only with a pace, or without NAVER: a client that pays could use up the day, or run up a bill, in minutes. */
  #stretch(canPay: boolean): number {
    const isSafe = this.quota.isPaced || !this.options.engines.includes('naver');
    return canPay && isSafe ? PAYING_STRETCH : 1;
  }
}
