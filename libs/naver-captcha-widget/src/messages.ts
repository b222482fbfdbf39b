import type { WorkMessages } from './work-messages.js';

/** The server's codes, and `CAPTCHA_NOT_LOADED` from the element if the server, picture or sound cannot be reached. */
export type CaptchaProblemCode =
  | 'CAPTCHA_MISSING'
  | 'CAPTCHA_MALFORMED'
  | 'CAPTCHA_WRONG'
  | 'CAPTCHA_EXPIRED'
  | 'CAPTCHA_INVALID'
  | 'CAPTCHA_USED'
  | 'CAPTCHA_TOO_MANY'
  | 'CAPTCHA_UNAVAILABLE'
  | 'CAPTCHA_QUOTA_EXCEEDED'
  | 'CAPTCHA_MISCONFIGURED'
  | 'CAPTCHA_NOT_LOADED';

/** Every text that a visitor reads or hears. */
export interface CaptchaMessages extends Readonly<Record<CaptchaProblemCode, string>>, WorkMessages {
  /** The name of the field. */
  readonly label: string;
  readonly imagePlaceholder: string;
  readonly audioPlaceholder: string;
  /** Read by a screen reader in place of the picture. */
  readonly picture: string;
  readonly refresh: string;
  /** The button that switches from picture to sound. */
  readonly listen: string;
  /** The button that switches from sound to picture. */
  readonly look: string;
  readonly play: string;
  readonly stop: string;
  readonly retry: string;
  /** Shown in place of the picture before the first challenge is requested. */
  readonly idle: string;
  readonly loading: string;
  /** Spoken when a new picture is shown. */
  readonly pictureReady: string;
  /** Spoken when a sound is ready but the browser did not allow it to start. */
  readonly soundReady: string;
  /** Spoken at the end of the sound. */
  readonly played: string;
  /** Shown when the visitor submits a form again while it is being sent. */
  readonly sending: string;
}

/** The solver has the texts of the work. */
export type Texts = Omit<CaptchaMessages, keyof WorkMessages>;

/** The sentences of the codes are the server's, word for word. */
export const ko: Texts = {
  label: '자동 입력 방지 문자',
  imagePlaceholder: '그림의 영문자와 숫자',
  audioPlaceholder: '들리는 숫자',
  picture: '자동 입력 방지 그림. 보이는 영문자와 숫자를 아래에 입력해 주세요.',
  refresh: '새로고침',
  listen: '음성으로 듣기',
  look: '그림으로 보기',
  play: '재생',
  stop: '정지',
  retry: '다시 시도',
  idle: '입력을 시작하면 여기에 나타납니다.',
  loading: '불러오는 중입니다.',
  pictureReady: '새 그림이 나왔습니다.',
  soundReady: '음성이 준비되었습니다. 재생을 눌러 주세요.',
  played: '재생이 끝났습니다. 들은 숫자를 입력해 주세요.',
  sending: '보내는 중입니다. 잠시 기다려 주세요.',
  CAPTCHA_MISSING: '자동 입력 방지 문자를 입력해 주세요.',
  CAPTCHA_MALFORMED:
    '자동 입력 방지 문자는 영문과 숫자로만 입력해 주세요. 한글이 입력된다면 한/영 키를 눌러 주세요.',
  CAPTCHA_WRONG: '자동 입력 방지 문자가 올바르지 않습니다. 새 문자를 입력해 주세요.',
  CAPTCHA_EXPIRED: '자동 입력 방지 문자의 유효 시간이 지났습니다. 새 문자를 입력해 주세요.',
  CAPTCHA_INVALID: '자동 입력 방지 문자를 확인할 수 없습니다. 새 문자를 입력해 주세요.',
  CAPTCHA_USED: '이미 사용한 자동 입력 방지 문자입니다. 새 문자를 입력해 주세요.',
  CAPTCHA_TOO_MANY: '요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.',
  CAPTCHA_UNAVAILABLE: '지금은 자동 입력 방지 문자를 확인할 수 없습니다. 잠시 후 다시 시도해 주세요.',
  CAPTCHA_QUOTA_EXCEEDED:
    '오늘은 더 이상 자동 입력 방지 문자를 사용할 수 없습니다. 나중에 다시 시도해 주세요.',
  CAPTCHA_MISCONFIGURED: '자동 입력 방지 문자에 문제가 있습니다. 사이트 관리자에게 알려 주세요.',
  CAPTCHA_NOT_LOADED: '자동 입력 방지 문자를 불러오지 못했습니다. 인터넷 연결을 확인하고 다시 시도해 주세요.',
};

export const en: Texts = {
  label: 'Captcha',
  imagePlaceholder: 'Letters and digits in the picture',
  audioPlaceholder: 'Digits you hear',
  picture: 'Captcha picture. Please type its letters and digits below.',
  refresh: 'Refresh',
  listen: 'Listen instead',
  look: 'Look instead',
  play: 'Play',
  stop: 'Stop',
  retry: 'Try again',
  idle: 'Appears here when you start typing.',
  loading: 'Loading.',
  pictureReady: 'There is a new picture.',
  soundReady: 'The sound is ready. Press Play.',
  played: 'The sound has ended. Please type the digits you heard.',
  sending: 'Sending. Please wait a moment.',
  CAPTCHA_MISSING: 'Please enter the characters of the captcha.',
  CAPTCHA_MALFORMED:
    'The captcha takes Latin letters and digits only. If Hangul appears, press the 한/영 key.',
  CAPTCHA_WRONG: 'The captcha was not entered correctly. Please try a new one.',
  CAPTCHA_EXPIRED: 'The captcha has expired. Please try a new one.',
  CAPTCHA_INVALID: 'The captcha is not valid here. Please try a new one.',
  CAPTCHA_USED: 'The captcha has been used already. Please try a new one.',
  CAPTCHA_TOO_MANY: 'Too many requests. Please try again in a moment.',
  CAPTCHA_UNAVAILABLE: 'The captcha cannot be checked right now. Please try again in a moment.',
  CAPTCHA_QUOTA_EXCEEDED: 'No more captchas are available today. Please try again later.',
  CAPTCHA_MISCONFIGURED: 'There is a problem with the captcha. Please tell the site’s administrator.',
  CAPTCHA_NOT_LOADED: 'The captcha could not be loaded. Please check your connection and try again.',
};

export function isProblemCode(code: unknown): code is CaptchaProblemCode {
  return String(code).startsWith('CAPTCHA_') && String(code) in ko;
}
