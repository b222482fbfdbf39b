import type { StoredKey } from '../store/key-store.js';

/** What a call is answered with, before it is put on the wire (and before a fault spoils it). */
export type Reply = TextReply | MediaReply;

export interface TextReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface MediaReply {
  readonly status: 200;
  readonly contentType: string;
  /** The picture or sound is drawn when it is sent. */
  readonly mediaOf: StoredKey;
}

/** NAVER's own label (documented). */
export const jsonType = 'application/json;charset=UTF-8';

export const json = (status: number, body: unknown): TextReply => ({
  status,
  contentType: jsonType,
  body: JSON.stringify(body),
});
