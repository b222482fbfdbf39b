import { Engines } from '../challenge/engines.js';
import type { CaptchaEngine } from '../engines/captcha-engine.js';
import { type CaptchaStandby, StandbyEngine } from '../engines/standby/standby.engine.js';
import { WorkEngine } from '../engines/work/work.engine.js';
import type { QuietLogger } from '../quiet-logger.js';
import type { CaptchaRandom, ResolvedCaptchaOptions } from '../types.js';
import type { NaverCaptchaModuleOptions } from './naver-captcha-options.js';
import { cannotStart } from './resolve-options.js';

/**
 * The engines that the options ask for.
 * @throws Error if the standby cannot be loaded
 */
export async function loadEngines(
  { standby }: NaverCaptchaModuleOptions,
  { engines, keys }: ResolvedCaptchaOptions,
  naver: CaptchaEngine,
  random: CaptchaRandom,
  logger: QuietLogger,
): Promise<Engines> {
  const ofNaver = engines.includes('naver') ? [naver] : [];
  const work = keys === 'sealed' ? new WorkEngine(random) : undefined;
  if (!engines.includes('standby') || !standby) return new Engines(ofNaver, work);
  return new Engines([...ofNaver, new StandbyEngine(await load(standby), random, logger)], work);
}

async function load(standby: CaptchaStandby): ReturnType<CaptchaStandby['load']> {
  try {
    return await standby.load();
  } catch (thrown) {
    throw cannotStart([thrown instanceof Error ? thrown.message : 'standby.load() failed.']);
  }
}
