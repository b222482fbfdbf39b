import { Engines } from '../challenge/engines.js';
import type { CaptchaEngine } from '../engines/captcha-engine.js';
import { type CaptchaStandby, StandbyEngine } from '../engines/standby/standby.engine.js';
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
  { engines }: ResolvedCaptchaOptions,
  naver: CaptchaEngine,
  random: CaptchaRandom,
  logger: QuietLogger,
): Promise<Engines> {
  const ofNaver = engines.includes('naver') ? [naver] : [];
  if (!engines.includes('standby') || !standby) return new Engines(ofNaver);
  return new Engines([...ofNaver, new StandbyEngine(await load(standby), random, logger)]);
}

async function load(standby: CaptchaStandby): ReturnType<CaptchaStandby['load']> {
  try {
    return await standby.load();
  } catch (thrown) {
    throw cannotStart([thrown instanceof Error ? thrown.message : 'standby.load() failed.']);
  }
}
