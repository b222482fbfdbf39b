import type { Door } from './door.ts';
import { GRAPHQL_DOORS } from './graphql-doors.ts';
import { SOCKET_IO, WS } from './socket-doors.ts';
import { TCP } from './tcp-door.ts';

/** Every behaviour is shown behind each of them. */
export const DOORS: readonly Door[] = [...GRAPHQL_DOORS, SOCKET_IO, WS, TCP];

/** The code of an error, wherever its transport puts it. */
export function codeOf(error: unknown): unknown {
  const { code, extensions } = (error ?? {}) as { code?: unknown; extensions?: { code?: unknown } };
  return extensions?.code ?? code;
}
