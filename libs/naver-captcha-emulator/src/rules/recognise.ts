import type { EmulatorCall } from '../calls/call.js';
import type { Endpoint } from '../data/endpoints.js';

/** Which of the three calls it is; undefined for a `code` NAVER does not know. 0 is the default (documented). */
export function callOf({ serves }: Endpoint, code: string | undefined): EmulatorCall | undefined {
  if (serves === 'media') return 'fetch';
  switch (code) {
    case undefined:
    case '':
    case '0':
      return 'issue';
    case '1':
      return 'compare';
    default:
      return undefined;
  }
}
