import type { CaptchaStore } from '../store/captcha-store.js';
import { MemoryCaptchaStore } from '../store/memory-captcha-store.js';
import type { ResolvedCaptchaOptions } from '../types.js';
import { cannotStart } from './resolve-options.js';

/** What two modules of one application are compared by. */
export interface CaptchaModule {
  readonly options: Pick<ResolvedCaptchaOptions, 'platform' | 'clientId' | 'baseUrl'>;
  readonly store: CaptchaStore;
}

/**
 * Compares the stores of modules with the same credentials: each opens the keys of the other, so that a key passes once
 * in each store, and each counts the day's quota alone.
 * @throws Error if two of them surely remember apart
 * @returns warnings of those that may remember apart
 */
export function separateStores(modules: readonly CaptchaModule[]): string[] {
  const warnings: string[] = [];
  for (const [at, one] of modules.entries()) {
    const others = modules.slice(at + 1);
    const apart = others.filter((other) => one.store !== other.store && haveOneAccount(one, other));
    if (apart.length === 0) continue;
    const consequence = `Two modules with client id ${one.options.clientId} have a store each`;
    if ([one, ...apart].some(({ store }) => store instanceof MemoryCaptchaStore)) {
      throw cannotStart([
        `${consequence}, so a key would pass once in each. Give both the same store object, or import one module for ` +
          'the whole application.',
      ]);
    }
    warnings.push(
      `${consequence}. Unless the stores share one memory, a key passes once in each: give both the same store object.`,
    );
  }
  return warnings;
}

function haveOneAccount({ options: one }: CaptchaModule, { options: other }: CaptchaModule): boolean {
  return one.platform === other.platform && one.clientId === other.clientId && one.baseUrl === other.baseUrl;
}
