import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RecognisedCall } from '../calls/call.js';
import type { Core } from '../core/core.js';
import { endpoints, platformOfPath, type Endpoint } from '../data/endpoints.js';
import { deliveryOf } from '../faults/delivery.js';
import type { EmulatorFault } from '../faults/fault.js';
import { substitute } from '../faults/substitute.js';
import { badRequest, methodNotAllowed, notFound } from '../rules/error-reply.js';
import { callOf } from '../rules/recognise.js';
import type { Reply } from '../rules/reply.js';
import type { LoggedRequest } from '../store/request-log.js';
import { credentialsOf } from './credentials-of.js';
import { deliver } from './deliver.js';
import { latencyOf, wait } from './latency.js';
import { loggable, loggablePath } from './loggable-path.js';
import { parseQuery, splitTarget } from './query.js';
import { sendReply } from './send.js';
import { spoil } from './spoil.js';
import { wireReply, type WireReply } from './wire-reply.js';

/** Answers everything that is not the emulator's own page: NAVER's calls, and its errors for all else. */
export async function answerNaver(core: Core, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { method = '', url = '' } = req;
  const request = core.log.add({
    at: core.settings.now(),
    method,
    path: loggablePath(url, core.settings.clientSecret),
  });
  const begun = performance.now();
  res.once('close', () => {
    request.durationMs = Math.round((performance.now() - begun) * 100) / 100;
    core.finished(request, core.storedKey(request.naverKey));
  });

  const { path, query } = splitTarget(url);
  const endpoint = endpoints.get(path);
  const platform = endpoint?.platform ?? platformOfPath(path);
  request.platform = endpoint?.platform;
  request.kind = endpoint?.kind;
  const refuse = (reply: Reply): Promise<void> => send(core, res, request, reply);
  if (endpoint === undefined) return refuse(notFound(platform));
  if (method !== 'GET') return refuse(methodNotAllowed(platform));
  const parameters = parseQuery(query);
  if (parameters === undefined) return refuse(badRequest(platform));
  const call = callOf(endpoint, parameters.get('code'));
  if (call === undefined) return refuse(badRequest(platform));
  request.call = call;
  const key = call === 'issue' ? undefined : parameters.get('key');
  request.naverKey = key && loggable(key.slice(0, 64), core.settings.clientSecret);
  await answerCall(core, req, res, { request, call: { ...endpoint, call }, endpoint, parameters });
}

interface Recognised {
  readonly request: LoggedRequest;
  readonly call: RecognisedCall;
  readonly endpoint: Endpoint;
  readonly parameters: ReadonlyMap<string, string>;
}

async function answerCall(
  core: Core,
  req: IncomingMessage,
  res: ServerResponse,
  { request, call, endpoint, parameters }: Recognised,
): Promise<void> {
  const fault = core.faults.next(call);
  request.fault = fault?.fault;
  if (fault?.latencyMs !== undefined) await wait(latencyOf(fault.latencyMs, core.latencyRandom), res);
  if (fault?.fault === 'silence') return;
  if (fault?.fault === 'reset-before-headers') {
    res.socket?.resetAndDestroy();
    return;
  }
  const instead = fault && substitute(fault, call, core.settings.dailyQuota);
  if (instead !== undefined) {
    const { location } = instead;
    await send(core, res, request, instead, fault, location === undefined ? {} : { Location: location });
    return;
  }
  const { reply, issued } = core.naver.carryOut(
    call,
    { key: parameters.get('key'), value: parameters.get('value') },
    credentialsOf(req, endpoint, parameters),
  );
  request.naverKey ??= issued?.key;
  await send(core, res, request, reply, fault);
}

async function send(
  core: Core,
  res: ServerResponse,
  request: LoggedRequest,
  reply: Reply,
  fault?: EmulatorFault,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  request.status = reply.status;
  const wire: WireReply =
    'mediaOf' in reply
      ? wireReply(reply.status, reply.contentType, await core.mediaOf(reply.mediaOf), true)
      : wireReply(reply.status, reply.contentType, reply.body);
  const labelled = { ...wire, headers: { ...wire.headers, ...headers } };
  if (fault === undefined) sendReply(res, labelled);
  else deliver(res, spoil(labelled, fault), deliveryOf(fault));
}
