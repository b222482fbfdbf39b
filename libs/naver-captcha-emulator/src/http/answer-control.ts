import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EmulatorCore } from '../core/emulator-core.js';
import { EmulatorFaultError } from '../faults/parse-fault.js';
import { streamEvents } from './event-stream.js';
import { pageReply, scriptReply, styleReply } from './page-files.js';
import { parseQuery, readBody, splitTarget } from './read-request.js';
import { webPageRefusal } from './web-page-guard.js';
import { sendReply, wireReply, type WireReply } from './wire-reply.js';

const controlPrefix = '/__emulator/';

interface ControlRequest {
  readonly core: EmulatorCore;
  readonly req: IncomingMessage;
  /** The path segment after the name of the collection, as in `keys/{rest}`. */
  readonly rest: string | undefined;
  readonly limit: number;
}

type Handler = (request: ControlRequest) => WireReply | Promise<WireReply>;

const defaultLimit = 1000;

const ownJson = (status: number, body: unknown): WireReply =>
  wireReply(status, 'application/json; charset=utf-8', `${JSON.stringify(body)}\n`);

const problem = (status: number, error: string): WireReply => ownJson(status, { error });

const unknownKey = (): WireReply =>
  problem(404, 'The emulator did not issue this key, or has dropped it (reset, or more than maxKeys keys).');

const done = (): WireReply => wireReply(204, 'application/json; charset=utf-8', '');

const routes: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  keys: {
    GET: ({ core, rest, limit }) => {
      if (rest === undefined) return ownJson(200, core.keys(limit));
      const key = core.key(rest);
      return key === undefined ? unknownKey() : ownJson(200, key);
    },
  },
  media: {
    GET: async ({ core, rest }) => {
      const key = core.storedKey(rest);
      if (key === undefined) return unknownKey();
      return wireReply(200, key.kind === 'image' ? 'image/jpeg' : 'audio/wav', await core.mediaOf(key));
    },
  },
  requests: { GET: ({ core, limit }) => ownJson(200, core.log.latest(limit)) },
  faults: {
    GET: ({ core }) => ownJson(200, core.faults.list()),
    POST: armFault,
    DELETE: ({ core, rest }) => {
      if (rest === undefined) {
        core.clearFaults();
        return done();
      }
      return core.disarmFault(Number(rest)) ? done() : problem(404, 'No fault with this id is set.');
    },
  },
  reset: {
    POST: ({ core }) => {
      core.reset();
      return done();
    },
  },
  page: { GET: pageReply },
  'page.css': { GET: styleReply },
  'page.js': { GET: scriptReply },
  health: { GET: () => ownJson(200, { status: 'ok' }) },
};

async function armFault({ core, req }: ControlRequest): Promise<WireReply> {
  const text = await readBody(req);
  if (text === undefined) return problem(413, 'The body is too long: at most 64 KiB.');
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return problem(400, 'The body must be JSON, like {"fault":"system-error"}.');
  }
  try {
    return ownJson(201, core.armFault(given));
  } catch (error) {
    if (error instanceof EmulatorFaultError) return problem(400, error.message);
    throw error;
  }
}

/** Whether the target is the emulator's page or its control paths; all other paths are NAVER's. */
export const isControl = (target: string): boolean =>
  target === '/' || target.startsWith('/?') || target.startsWith(controlPrefix);

/** Answers the page and `/__emulator/…`. */
export async function answerControl(
  core: EmulatorCore,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const refusal = webPageRefusal(req, core.settings.allowedHosts);
  if (refusal === undefined && req.method === 'GET' && req.url === `${controlPrefix}events`) {
    streamEvents(core, res);
    return;
  }
  const reply = refusal === undefined ? await controlReply(core, req) : problem(403, refusal);
  sendReply(res, { ...reply, headers: { ...reply.headers, ...forOwnPageOnly } });
}

/** Browsers then keep a picture or JSON from pages of other origins that embed it without a readable request. */
const forOwnPageOnly = {
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
} as const;

async function controlReply(core: EmulatorCore, req: IncomingMessage): Promise<WireReply> {
  const { path, query } = splitTarget(req.url ?? '');
  const [name = '', rest, ...more] = path === '/' ? ['page'] : path.slice(controlPrefix.length).split('/');
  const methods = Object.hasOwn(routes, name) ? routes[name] : undefined;
  if (methods === undefined || more.length > 0) return problem(404, 'The emulator has no such path.');
  const method = req.method ?? '';
  const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (handler === undefined) return problem(405, `This path takes ${Object.keys(methods).join(', ')}.`);
  const limit = parseQuery(query)?.get('limit') ?? String(defaultLimit);
  if (!/^\d{1,9}$/.test(limit)) return problem(400, 'limit must be a whole number of at most 9 digits.');
  return handler({ core, req, rest: rest === '' ? undefined : rest, limit: Number(limit) });
}
