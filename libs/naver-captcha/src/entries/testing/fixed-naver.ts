import { randomBytes } from 'node:crypto';

import {
  CaptchaMisconfiguredException,
  CaptchaQuotaExceededException,
  CaptchaUnavailableException,
} from '../../errors.js';
import type { NaverCaptchaClient } from '../../engines/naver/naver-captcha.client.js';
import type { NaverComparison } from '../../engines/naver/wire-format.js';
import type { CaptchaMediaKind, CaptchaMedia } from '../../types.js';
import { failureOf, FIXED_VALUE } from './fixed-answer.js';
import { PICTURE, SOUND } from './tiny-media.js';

const RESPONSE_TIME_SECONDS = 5;
const HOUR_SECONDS = 3600;

/** Replaces the client of NAVER's API: every key has the same answer, and no call leaves the process. */
export class FixedNaver implements Pick<NaverCaptchaClient, keyof NaverCaptchaClient> {
  async issueKey(): Promise<string> {
    return Promise.resolve(randomBytes(8).toString('hex'));
  }

  async fetchMedia(kind: CaptchaMediaKind): Promise<CaptchaMedia> {
    return Promise.resolve(kind === 'image' ? PICTURE : SOUND);
  }

  async compare(_kind: CaptchaMediaKind, naverKey: string, value: string): Promise<NaverComparison> {
    return Promise.resolve().then(() => comparison(naverKey, value));
  }

  refusalOf(): undefined {
    return undefined;
  }
}

function comparison(naverKey: string, value: string): NaverComparison {
  const failure = failureOf(naverKey);
  switch (failure) {
    case undefined:
      return {
        result: value === FIXED_VALUE ? 'right' : 'wrong',
        responseTimeSeconds: RESPONSE_TIME_SECONDS,
      };
    case 'CAPTCHA_WRONG':
      return { result: 'wrong' };
    case 'CAPTCHA_EXPIRED':
      return { result: 'unknown-key' };
    case 'CAPTCHA_INVALID':
      return { result: 'never-fetched' };
    case 'CAPTCHA_UNAVAILABLE':
      throw new CaptchaUnavailableException();
    case 'CAPTCHA_QUOTA_EXCEEDED':
      throw new CaptchaQuotaExceededException({ retryAfterSeconds: HOUR_SECONDS });
    case 'CAPTCHA_MISCONFIGURED':
      throw new CaptchaMisconfiguredException();
    case 'CAPTCHA_MALFORMED':
    case 'CAPTCHA_USED':
      throw new Error(`A verification that ends with ${failure} does not call NAVER.`);
    default:
      return failure satisfies never;
  }
}
