import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EmulatorCore } from '../core/emulator-core.js';
import type { Reply } from '../core/naver-rules.js';
import type { EmulatorFault } from '../faults/fault.js';
import { replacementReply } from '../faults/replacement-reply.js';
import type { RecognisedCall } from '../protocol/call.js';
import { callOf, endpoints, platformOfPath, type Endpoint } from '../protocol/endpoints.js';
import { badRequest, methodNotAllowed, notFound } from '../protocol/replies.js';
import type { LoggedRequest } from '../store/request-log.js';
import { sendFaulty, wait } from './apply-fault.js';
import { parseQuery, readCredentials, splitTarget } from './read-request.js';
import { redact, redactTarget } from './redact.js';
import { sendReply, wireReply, type WireReply } from './wire-reply.js';

/** Answers every path outside of `/__emulator/` and the page: NAVER's calls, and NAVER's errors for the rest. */
export async function answerNaver(
  core: EmulatorCore,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const { method = '', url = '' } = req;
  const request = core.log.add({
    at: core.settings.now(),
    method,
    path: redactTarget(url, core.settings.clientSecret),
  });
  const startedAt = performance.now();
  res.once('close', () => {
    request.durationMs = Math.round((performance.now() - startedAt) * 100) / 100;
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
  request.naverKey = key && redact(key.slice(0, 64), core.settings.clientSecret);
  await answerCall(core, req, res, { request, call: { ...endpoint, call }, endpoint, parameters });
}

interface Recognised {
  readonly request: LoggedRequest;
  readonly call: RecognisedCall;
  readonly endpoint: Endpoint;
  readonly parameters: ReadonlyMap<string, string>;
}

async function answerCall(
  core: EmulatorCore,
  req: IncomingMessage,
  res: ServerResponse,
  { request, call, endpoint, parameters }: Recognised,
): Promise<void> {
  const fault = core.faults.next(call);
  request.fault = fault?.fault;
  if (fault?.latencyMs !== undefined) await wait(core.drawLatency(fault.latencyMs), res);
  if (fault?.fault === 'silence') return;
  if (fault?.fault === 'reset-before-headers') {
    res.socket?.resetAndDestroy();
    return;
  }
  const replacement = fault && replacementReply(fault, call, core.settings.dailyQuota);
  if (replacement !== undefined) {
    const { location } = replacement;
    await send(core, res, request, replacement, fault, location === undefined ? {} : { Location: location });
    return;
  }
  const { reply, issued } = core.naver.carryOut(
    call,
    { key: parameters.get('key'), value: parameters.get('value') },
    readCredentials(req, endpoint, parameters),
  );
  request.naverKey ??= issued?.key;
  await send(core, res, request, reply, fault);
}

async function send(
  core: EmulatorCore,
  res: ServerResponse,
  request: LoggedRequest,
  reply: Reply,
  fault?: EmulatorFault,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  request.status = reply.status;
  const usual: WireReply =
    'mediaOf' in reply
      ? wireReply(reply.status, reply.contentType, await core.mediaOf(reply.mediaOf), true)
      : wireReply(reply.status, reply.contentType, reply.body);
  const withHeaders = { ...usual, headers: { ...usual.headers, ...headers } };
  if (fault === undefined) sendReply(res, withHeaders);
  else sendFaulty(res, withHeaders, fault);
}
