import type { ExecutionContext } from '@nestjs/common';

import { GRAPHQL } from './graphql.transport.js';
import { HTTP } from './http.transport.js';
import { RPC } from './rpc.transport.js';
import type { Transport } from './transport.js';
import { WEBSOCKET } from './websocket.transport.js';

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
