import type { EmulatorKind } from '../calls/call.js';
import type { EmulatorRequest } from '../handle/emulator-request.js';
import type { EmulatorLang, EmulatorStyle } from './options.js';

/** The options once resolved: checked, complete, frozen. What each means is told in NaverCaptchaEmulatorOptions. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly seed: string;
  readonly now: () => number;
  readonly lang: EmulatorLang;
  readonly style: EmulatorStyle;
  readonly kinds: readonly EmulatorKind[];
  readonly keyTtlMs: number;
  readonly comparisonsPerKey: number;
  readonly caseSensitive: boolean;
  readonly wrongAnswerStatus: 200 | 403;
  readonly responseTimeType: 'number' | 'string';
  readonly audioResponseTime: boolean;
  readonly answerLength: readonly [number, number];
  readonly audioAnswerLength: readonly [number, number];
  readonly dailyQuota: number;
  readonly ncloudDailyQuota: number;
  readonly rateLimitPerSecond: number;
  readonly maxKeys: number;
  readonly maxRequests: number;
  readonly onRequest: ((request: EmulatorRequest) => void) | undefined;
}
