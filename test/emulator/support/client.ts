import type { NaverCaptchaEmulator } from 'naver-captcha-emulator';

export interface Reply {
  readonly status: number;
  readonly contentType: string | null;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly text: string;
}

export const headersFor = (
  platform: 'developers' | 'ncloud',
  { clientId, clientSecret }: NaverCaptchaEmulator,
) =>
  platform === 'developers'
    ? { 'X-Naver-Client-Id': clientId, 'X-Naver-Client-Secret': clientSecret }
    : { 'X-NCP-APIGW-API-KEY-ID': clientId, 'X-NCP-APIGW-API-KEY': clientSecret };

export const platformOf = (path: string) => (path.startsWith('/v1/') ? 'developers' : 'ncloud');

/** One request over real HTTP, with the credentials of the path's platform unless others are given. */
export async function get(
  emulator: NaverCaptchaEmulator,
  path: string,
  headers: Record<string, string> = headersFor(platformOf(path), emulator),
  init: RequestInit = {},
): Promise<Reply> {
  const response = await fetch(emulator.url + path, { redirect: 'manual', headers, ...init });
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    headers: response.headers,
    bytes,
    text: bytes.toString(),
  };
}

export interface CallPaths {
  readonly issue: string;
  readonly media: string;
}

export const paths = {
  'developers image': { issue: '/v1/captcha/nkey', media: '/v1/captcha/ncaptcha.bin' },
  'developers audio': { issue: '/v1/captcha/skey', media: '/v1/captcha/scaptcha' },
  'ncloud image': { issue: '/captcha/v1/nkey', media: '/captcha-bin/v1/ncaptcha' },
  'ncloud audio': { issue: '/scaptcha/v1/skey', media: '/scaptcha-bin/v1/scaptcha' },
} as const satisfies Record<string, CallPaths>;

export const image = paths['developers image'];
export const audio = paths['developers audio'];

export const keyIn = (text: string): string => (JSON.parse(text) as { key: string }).key;

export async function issue(
  emulator: NaverCaptchaEmulator,
  { issue: path }: CallPaths = image,
): Promise<string> {
  return keyIn((await get(emulator, `${path}?code=0`)).text);
}

/** A key whose picture or sound was fetched. */
export async function shown(emulator: NaverCaptchaEmulator, call: CallPaths = image): Promise<string> {
  const key = await issue(emulator, call);
  await get(emulator, `${call.media}?key=${key}`);
  return key;
}

export const compare = (
  emulator: NaverCaptchaEmulator,
  key: string,
  value: string,
  { issue: path }: CallPaths = image,
): Promise<Reply> => get(emulator, `${path}?${new URLSearchParams({ code: '1', key, value }).toString()}`);

export const errorCode = ({ text }: Reply): unknown => {
  const body = JSON.parse(text) as { errorCode?: unknown; error?: { errorCode?: unknown } };
  return body.errorCode ?? body.error?.errorCode;
};

/** A clock that changes only when the test moves it. */
export class ManualClock {
  at: number;

  constructor(at = Date.UTC(2026, 4, 1, 3)) {
    this.at = at;
  }

  now(): number {
    return this.at;
  }

  advance(ms: number): void {
    this.at += ms;
  }
}
