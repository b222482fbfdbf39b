import type { ExecutionContext } from '@nestjs/common';

import { GRAPHQL } from './graphql.context.js';
import { HTTP } from './http.context.js';
import { RPC } from './rpc.context.js';
import type { Transport } from './context-kind.js';
import { WEBSOCKET } from './websocket.context.js';

const TRANSPORTS: ReadonlyMap<string, Transport> = new Map([
  ['http', HTTP],
  ['graphql', GRAPHQL],
  ['ws', WEBSOCKET],
  ['rpc', RPC],
]);

/** Nothing where the context is of a kind that is not known here. */
export function transportOf(context: ExecutionContext): Transport | undefined {
  return TRANSPORTS.get(context.getType<string>());
}
