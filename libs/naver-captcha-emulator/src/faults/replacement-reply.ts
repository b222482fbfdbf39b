import type { RecognisedCall } from '../protocol/call.js';
import {
  gatewayTimeout,
  gatewayUnavailable,
  jsonType,
  notTicked,
  permissionDenied,
  quotaExceeded,
  rateLimited,
  systemError,
  wrongCredentials,
  type TextReply,
} from '../protocol/replies.js';
import type { EmulatorFault } from './fault.js';

const redirectTarget = '/redirected';

const maintenancePage = `<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><title>서비스 점검 중</title></head>
<body><h1>서비스 점검 중입니다.</h1><p>We will be back soon.</p></body></html>
`;

/** The reply that a fault sends in place of NAVER's. Returns undefined if the call is still carried out, or never answered. */
export function replacementReply(
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
      return { status: 200, contentType: 'text/html;charset=UTF-8', body: maintenancePage };
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
