import type { EmulatorCall, EmulatorKind, EmulatorPlatform } from './call.js';

export interface Endpoint {
  readonly platform: EmulatorPlatform;
  readonly kind: EmulatorKind;
  /** `key`: issues or compares, depending on the parameter `code`. `media`: fetches the picture or the sound. */
  readonly serves: 'key' | 'media';
}

/**
 * Documented paths. NAVER's Java sample fetches audio from `scaptcha.bin`, its reference from `scaptcha`: both are
 * served. NAVER Cloud's page on comparing an audio answer names `/nkey`, its overview `/skey`: `/skey` is served.
 */
export const endpoints: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ['/v1/captcha/nkey', { platform: 'developers', kind: 'image', serves: 'key' }],
  ['/v1/captcha/ncaptcha.bin', { platform: 'developers', kind: 'image', serves: 'media' }],
  ['/v1/captcha/skey', { platform: 'developers', kind: 'audio', serves: 'key' }],
  ['/v1/captcha/scaptcha', { platform: 'developers', kind: 'audio', serves: 'media' }],
  ['/v1/captcha/scaptcha.bin', { platform: 'developers', kind: 'audio', serves: 'media' }],
  ['/captcha/v1/nkey', { platform: 'ncloud', kind: 'image', serves: 'key' }],
  ['/captcha-bin/v1/ncaptcha', { platform: 'ncloud', kind: 'image', serves: 'media' }],
  ['/scaptcha/v1/skey', { platform: 'ncloud', kind: 'audio', serves: 'key' }],
  ['/scaptcha-bin/v1/scaptcha', { platform: 'ncloud', kind: 'audio', serves: 'media' }],
]);

/** Returns undefined if NAVER does not know this `code`. 0 is the default (documented). */
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

/** The headers in which a caller sends id and secret (documented). */
export const credentialNames = {
  developers: { id: 'x-naver-client-id', secret: 'x-naver-client-secret' },
  ncloud: { id: 'x-ncp-apigw-api-key-id', secret: 'x-ncp-apigw-api-key' },
} as const satisfies Record<EmulatorPlatform, { id: string; secret: string }>;

const prefixes: readonly (readonly [string, EmulatorPlatform])[] = [
  ['/v1/', 'developers'],
  ['/captcha/', 'ncloud'],
  ['/captcha-bin/', 'ncloud'],
  ['/scaptcha/', 'ncloud'],
  ['/scaptcha-bin/', 'ncloud'],
];

/** The platform whose 404 an unknown path gets: the one its prefix belongs to, else NAVER Developers. */
export const platformOfPath = (path: string): EmulatorPlatform =>
  prefixes.find(([prefix]) => path.startsWith(prefix))?.[1] ?? 'developers';
