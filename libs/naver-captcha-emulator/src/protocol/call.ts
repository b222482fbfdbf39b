/** Which of NAVER's sites a path belongs to. `ncloud-gov` and `ncloud-fin` have the paths of `ncloud`. */
export type EmulatorPlatform = 'developers' | 'ncloud';

/** What a visitor gets: a picture of letters, or a recording of spoken digits. */
export type EmulatorKind = 'image' | 'audio';

/** NAVER's three calls. */
export type EmulatorCall = 'issue' | 'fetch' | 'compare';

export const platforms: readonly EmulatorPlatform[] = ['developers', 'ncloud'];
export const kinds: readonly EmulatorKind[] = ['image', 'audio'];
export const calls: readonly EmulatorCall[] = ['issue', 'fetch', 'compare'];

/** A call as recognised by its path and its `code`. */
export interface RecognisedCall {
  readonly platform: EmulatorPlatform;
  readonly kind: EmulatorKind;
  readonly call: EmulatorCall;
}
