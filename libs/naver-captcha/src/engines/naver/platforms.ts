import type { CaptchaMediaKind, NaverPlatform } from '../../types.js';

/** The addresses and header names of a platform, as NAVER documents them. */
export interface PlatformFacts {
  readonly baseUrl: string;
  readonly idHeader: string;
  readonly secretHeader: string;
  readonly paths: Readonly<Record<CaptchaMediaKind, { readonly key: string; readonly media: string }>>;
  /** What the developer can do if NAVER refuses the credentials. */
  readonly remedy: string;
}

const DEVELOPERS: PlatformFacts = {
  baseUrl: 'https://openapi.naver.com',
  idHeader: 'X-Naver-Client-Id',
  secretHeader: 'X-Naver-Client-Secret',
  paths: {
    image: { key: '/v1/captcha/nkey', media: '/v1/captcha/ncaptcha.bin' },
    audio: { key: '/v1/captcha/skey', media: '/v1/captcha/scaptcha' },
  },
  remedy:
    'At developers.naver.com, open "내 애플리케이션" and this application: compare the client id and secret, and check that ' +
    '"API 설정" lists "캡차(이미지)" and, for sounds, "캡차(음성)".',
};

const NCLOUD: PlatformFacts = {
  baseUrl: 'https://naveropenapi.apigw.ntruss.com',
  idHeader: 'X-NCP-APIGW-API-KEY-ID',
  secretHeader: 'X-NCP-APIGW-API-KEY',
  paths: {
    image: { key: '/captcha/v1/nkey', media: '/captcha-bin/v1/ncaptcha' },
    // One page of the documentation compares a sound's answer at /nkey, two other pages at /skey.
    audio: { key: '/scaptcha/v1/skey', media: '/scaptcha-bin/v1/scaptcha' },
  },
  remedy:
    'In the NAVER Cloud console, open "AI·NAVER API" and this application: compare the client id and secret, and check that ' +
    '"CAPTCHA" is ticked under its APIs.',
};

export const PLATFORMS: Readonly<Record<NaverPlatform, PlatformFacts>> = {
  developers: DEVELOPERS,
  ncloud: NCLOUD,
  'ncloud-gov': { ...NCLOUD, baseUrl: 'https://naveropenapi.apigw.gov-ntruss.com' },
  'ncloud-fin': { ...NCLOUD, baseUrl: 'https://naveropenapi.apigw-pub.fin-ntruss.com' },
};
