import type { RecognisedCall } from '../calls/call.js';
import {
  gatewayTimeout,
  gatewayUnavailable,
  notTicked,
  permissionDenied,
  quotaExceeded,
  rateLimited,
  systemError,
  wrongCredentials,
} from '../rules/error-reply.js';
import { jsonType, type TextReply } from '../rules/reply.js';
import type { EmulatorFault } from './fault.js';

/** Where a client that follows redirects ends up, unless the fault says otherwise. */
export const redirectTarget = '/redirected';

const page = `<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><title>서비스 점검 중</title></head>
<body><h1>서비스 점검 중입니다.</h1><p>We will be back soon.</p></body></html>
`;

/** The reply a fault puts in place of NAVER's; undefined where the call is carried out all the same (or never answered). */
export function substitute(
  fault: EmulatorFault,
  { platform }: RecognisedCall,
  dailyQuota: number,
): (TextReply & { readonly location?: string }) | undefined {
  switch (fault.fault) {
    case 'system-error':
      return systemError();
    case 'unauthorized':
      return wrongCredentials(platform);
    case 'not-ticked':
      return notTicked(platform);
    case 'permission-denied':
      return permissionDenied(platform);
    case 'quota': {
      const quota = Number.isFinite(dailyQuota) ? dailyQuota : 1000;
      return quotaExceeded(platform, quota + 1, quota);
    }
    case 'rate-limit':
      return rateLimited(platform);
    case 'gateway-503':
      return gatewayUnavailable(platform);
    case 'gateway-504':
      return gatewayTimeout(platform);
    case 'html':
      return { status: 200, contentType: 'text/html;charset=UTF-8', body: page };
    case 'redirect':
      return {
        status: 302,
        contentType: 'text/html;charset=UTF-8',
        body: '',
        location: fault.location ?? redirectTarget,
      };
    case 'reply':
      return { status: fault.status, contentType: fault.contentType ?? jsonType, body: fault.body };
    case 'odd-key':
      return {
        status: 200,
        contentType: 'text/plain;charset=UTF-8',
        body: JSON.stringify({ key: fault.key ?? '키 / ../../etc?key=<odd>&' }),
      };
    case 'latency':
    case 'silence':
    case 'reset-before-headers':
    case 'reset-after-headers':
    case 'truncated':
    case 'empty':
    case 'wrong-content-type':
    case 'wrong-result-type':
    case 'oversized':
    case 'drip':
      return undefined;
  }
}
