import type { ExecutionContext } from '@nestjs/common';

import type { ContextKind } from './context-kind.js';
import { GRAPHQL } from './graphql.context.js';
import { HTTP } from './http.context.js';
import { RPC } from './rpc.context.js';
import { WEBSOCKET } from './websocket.context.js';

const KINDS: ReadonlyMap<string, ContextKind> = new Map(
  [HTTP, GRAPHQL, WEBSOCKET, RPC].map((kind) => [kind.name, kind]),
);

/** The kind of a context; undefined if the library does not know it. */
export function contextKindOf(context: ExecutionContext): ContextKind | undefined {
  return KINDS.get(context.getType<string>());
}
