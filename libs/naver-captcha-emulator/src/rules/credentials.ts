import type { EmulatorPlatform } from '../calls/call.js';
import { missingCredentials, wrongCredentials } from './error-reply.js';
import type { TextReply } from './reply.js';

export interface Credentials {
  readonly id: string | undefined;
  readonly secret: string | undefined;
}

/** The refusal, unless id and secret are the expected ones. */
export function credentialReply(
  platform: EmulatorPlatform,
  { id, secret }: Credentials,
  expected: { readonly clientId: string; readonly clientSecret: string },
): TextReply | undefined {
  if (id === undefined || id === '' || secret === undefined || secret === '')
    return missingCredentials(platform);
  if (id !== expected.clientId || secret !== expected.clientSecret) return wrongCredentials(platform);
  return undefined;
}
