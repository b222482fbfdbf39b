import type { EmulatorKind, EmulatorPlatform } from './call.js';

export interface TextReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** The content type NAVER documents. */
export const jsonType = 'application/json;charset=UTF-8';

export const json = (status: number, body: unknown): TextReply => ({
  status,
  contentType: jsonType,
  body: JSON.stringify(body),
});

// Error bodies are documented, or quoted from replies that were seen, unless a comment says otherwise.

const openApi = (status: number, errorCode: string, errorMessage: string): TextReply =>
  json(status, { errorMessage, errorCode });

const gateway = (status: number, errorCode: string, message: string, details?: string): TextReply =>
  json(status, { error: { errorCode, message, ...(details === undefined ? {} : { details }) } });

const captcha = (status: number, errorCode: string, errorMessage: string): TextReply =>
  json(status, { result: false, errorMessage, errorCode });

type ByPlatform = (platform: EmulatorPlatform) => TextReply;

const authenticationFailed = 'Authentication failed. (인증에 실패했습니다.)';

export const invalidKey = (): TextReply => captcha(403, 'CT001', 'Invalid key.');

/** The wording for sounds is inferred. */
export const unissued = (kind: EmulatorKind): TextReply =>
  captcha(400, 'CT002', kind === 'image' ? 'Unissued image.' : 'Unissued sound.');

/** The wording is inferred. */
export const systemError = (): TextReply => captcha(500, 'CT500', 'System error.');

export const wrongCredentials: ByPlatform = (platform) =>
  platform === 'developers'
    ? openApi(401, '024', `NID AUTH Result Invalid (1000) : ${authenticationFailed}`)
    : gateway(401, '200', 'Authentication Failed', 'Invalid authentication information.');

export const missingCredentials: ByPlatform = (platform) =>
  platform === 'developers'
    ? openApi(401, '024', `Not Exist Client ID : ${authenticationFailed}`)
    : gateway(401, '200', 'Authentication Failed', 'Authentication information are missing.');

/** NAVER Cloud replies with its quota error if the CAPTCHA API is not ticked for the application (documented). */
export const notTicked: ByPlatform = (platform) =>
  platform === 'developers'
    ? openApi(401, '024', `Scope Status Invalid : ${authenticationFailed}`)
    : gateway(429, '400', 'Quota Exceeded', 'Quota exceeded.');

/** NAVER Developers documents the status (403, 'API 권한 없음') but no body: the body is inferred. */
export const permissionDenied: ByPlatform = (platform) =>
  platform === 'developers'
    ? openApi(403, '071', 'Forbidden : API permission denied. (API 권한이 없습니다.)')
    : gateway(401, '210', 'Permission Denied', 'A subscription to the API is required.');

export const quotaExceeded = (platform: EmulatorPlatform, count: number, quota: number): TextReply =>
  platform === 'developers'
    ? openApi(
        429,
        '010',
        `{count/quota=${count}/${quota}} : Query limit exceeded. (쿼리 한도를 초과했습니다.)`,
      )
    : gateway(429, '400', 'Quota Exceeded', 'Quota exceeded.');

export const rateLimited: ByPlatform = (platform) =>
  platform === 'developers'
    ? openApi(429, '012', 'Rate limit exceeded. (속도 제한을 초과했습니다.)')
    : gateway(429, '420', 'Rate Limited', 'Rate limit exceeded.');

/** NAVER Developers documents only the status: code and wording are inferred. */
export const notFound: ByPlatform = (platform) =>
  platform === 'developers'
    ? openApi(404, '051', 'Not Exist API : API not found. (존재하지 않는 API 입니다.)')
    : gateway(404, '300', 'Not Found Exception', 'URL not found.');

/** Both platforms document only the status: code and wording are inferred. */
export const methodNotAllowed: ByPlatform = (platform) =>
  platform === 'developers'
    ? openApi(405, '061', 'Method not allowed. (허용되지 않은 HTTP 메서드입니다.)')
    : gateway(405, '100', 'Bad Request Exception', 'Method not allowed.');

/** The query cannot be decoded, or `code` is neither 0 nor 1. Code and wording of NAVER Developers are inferred. */
export const badRequest: ByPlatform = (platform) =>
  platform === 'developers'
    ? openApi(400, '011', 'Incorrect request. (잘못된 요청입니다.)')
    : gateway(400, '100', 'Bad Request Exception', 'Malformed request.');

/** The bytes are not a valid HTTP request. How NAVER answers them is not known; the remedy is the emulator's own. */
export const notHttp = (platform: EmulatorPlatform, status: 400 | 431, remedy: string): TextReply =>
  platform === 'developers'
    ? openApi(status, '011', `Incorrect request. (잘못된 요청입니다.) ${remedy}`)
    : gateway(status, '100', 'Bad Request Exception', remedy);

/** NAVER Developers documents no gateway errors: the same statuses in the shape of its other errors, inferred. */
export const gatewayUnavailable: ByPlatform = (platform) =>
  platform === 'developers'
    ? openApi(503, '900', 'Service unavailable.')
    : gateway(503, '500', 'Endpoint Error', 'Endpoint connection failed.');

export const gatewayTimeout: ByPlatform = (platform) =>
  platform === 'developers'
    ? openApi(504, '900', 'Gateway timeout.')
    : gateway(504, '510', 'Endpoint Timeout', 'Endpoint did not answer in time.');
