import { Injectable } from '@nestjs/common';

import type { CaptchaExpectation } from '../types.js';

/** What a route takes. */
type Taken = Pick<CaptchaExpectation, 'action' | 'kinds'>;

/**
 * Which actions work is enough for. A page names the action, and never the kinds that its route takes; an action that
 * several routes have takes work if all of them do.
 */
@Injectable()
export class WorkActions {
  /** Undefined stands for routes without an action. */
  #actions: ReadonlySet<string | undefined> = new Set();

  /** Learns what the routes of the application take, when it starts. */
  learn(routes: readonly Taken[]): void {
    const others = new Set(routes.filter((one) => !takesWork(one)).map(({ action }) => action));
    const withWork = routes.filter(takesWork).map(({ action }) => action);
    this.#actions = new Set(withWork.filter((action) => !others.has(action)));
  }

  has(action: string | undefined): boolean {
    return this.#actions.has(action);
  }
}

function takesWork({ kinds }: Taken): boolean {
  return kinds?.includes('work') === true;
}
