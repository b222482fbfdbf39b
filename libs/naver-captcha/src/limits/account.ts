import { hash } from 'node:crypto';

import type { ResolvedCaptchaOptions } from '../types.js';

/** Separates the counts of different credentials in one store. */
export function accountOf({ platform, clientId }: ResolvedCaptchaOptions): string {
  return hash('sha256', [platform, clientId].join('\0'), 'base64url').slice(0, 16);
}
