import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { createRequire } from 'node:module';

import serverlessExpress from '@codegenie/serverless-express';
import awsLambdaFastify from '@fastify/aws-lambda';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, type INestApplication, Post, Req, UnauthorizedException } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { NaverCaptchaModule, RequireCaptcha } from 'nestjs-naver-captcha';

import { reaching } from '../support/signup.ts';

// It is required, and an ES module, which Jest can do from Node.js 24.9 on only; no request here has a cookie.
const { resolve } = createRequire(import.meta.url);
jest.doMock(createRequire(resolve('light-my-request')).resolve('cookie'), () => ({}));

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 10 });
});

afterAll(() => emulator.close());

/** Runs while a log-in is being handled. */
let duringLogin = (): Promise<unknown> | undefined => undefined;

@Controller('login')
class LoginController {
  @Post()
  @RequireCaptcha({
    afterFailures: { limit: 3, by: () => ({ key: 'account:kim', clearOnSuccess: true }), knownDevice: true },
  })
  async logIn(@Req() { body }: { body: { password: string } }): Promise<string> {
    await duringLogin();
    if (body.password !== 'right') throw new UnauthorizedException();
    return 'welcome';
  }
}

interface Reply {
  readonly status: number;
  readonly required: unknown;
  readonly setCookies: readonly string[];
  readonly body: string;
}

type Send = (body: string) => Promise<Reply>;

/** A way to serve an application and to reach it, with the kind of response that comes with it. */
interface Serving {
  readonly name: string;
  readonly adapter: () => ExpressAdapter | FastifyAdapter;
  readonly serve: (app: INestApplication) => Promise<Send>;
}

const HEADERS = { 'content-type': 'application/json' };

function cookiesOf(header: unknown): string[] {
  return header === undefined ? [] : [header].flat().map(String);
}

async function listening(app: INestApplication): Promise<string> {
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

async function overHttp1(app: INestApplication): Promise<Send> {
  const url = await listening(app);
  return async (body) => {
    const reply = await fetch(`${url}/login`, { method: 'POST', headers: HEADERS, body });
    return {
      status: reply.status,
      required: reply.headers.get('x-captcha-required'),
      setCookies: reply.headers.getSetCookie(),
      body: await reply.text(),
    };
  };
}

/** Posts over HTTP/2; closed when the application is, as its session is the only one. */
async function postOverHttp2(session: ClientHttp2Session, body: string): Promise<Reply> {
  const stream = session.request({ ':method': 'POST', ':path': '/login', ...HEADERS });
  stream.end(body);
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += String(chunk);
  return {
    status: Number(headers[':status']),
    required: headers['x-captcha-required'],
    setCookies: cookiesOf(headers['set-cookie']),
    body: text,
  };
}

async function overHttp2(app: INestApplication): Promise<Send> {
  const url = await listening(app);
  return async (body) => {
    const session = connect(url);
    try {
      return await postOverHttp2(session, body);
    } finally {
      session.close();
    }
  };
}

interface LambdaReply {
  readonly statusCode: number;
  readonly headers: Record<string, unknown>;
  readonly cookies?: readonly string[];
  readonly body: string;
}
type Lambda = (event: object, context: object) => Promise<LambdaReply>;

/** Calls a function of AWS Lambda with what its API gateway sends. */
function throughLambda(handler: Lambda): Send {
  return async (body) => {
    const event = {
      version: '2.0',
      rawPath: '/login',
      rawQueryString: '',
      headers: { ...HEADERS, 'content-length': String(body.length) },
      requestContext: { http: { method: 'POST', path: '/login', sourceIp: '203.0.113.9' } },
      body,
      isBase64Encoded: false,
    };
    const reply = await handler(event, {});
    return {
      status: reply.statusCode,
      required: reply.headers['x-captcha-required'],
      setCookies: cookiesOf(reply.cookies ?? reply.headers['set-cookie']),
      body: reply.body,
    };
  };
}

const SERVINGS: readonly Serving[] = [
  { name: 'Express over HTTP/1', adapter: () => new ExpressAdapter(), serve: overHttp1 },
  { name: 'Fastify over HTTP/1', adapter: () => new FastifyAdapter(), serve: overHttp1 },
  {
    name: 'Fastify over HTTP/2',
    adapter: () => new FastifyAdapter({ http2: true } as never),
    serve: overHttp2,
  },
  {
    name: 'app.inject() of Fastify',
    adapter: () => new FastifyAdapter(),
    serve: async (app) => {
      await app.init();
      return async (payload) => {
        const reply = await (app as NestFastifyApplication).inject({
          method: 'POST',
          url: '/login',
          headers: HEADERS,
          payload,
        });
        return {
          status: reply.statusCode,
          required: reply.headers['x-captcha-required'],
          setCookies: cookiesOf(reply.headers['set-cookie']),
          body: reply.body,
        };
      };
    },
  },
  {
    name: '@fastify/aws-lambda',
    adapter: () => new FastifyAdapter(),
    serve: async (app) => {
      const serve = awsLambdaFastify as unknown as (instance: unknown) => Lambda;
      const lambda = serve(app.getHttpAdapter().getInstance());
      await app.init();
      return throughLambda(lambda);
    },
  },
  ...(['Express', 'Fastify'] as const).map((framework): Serving => ({
    name: `@codegenie/serverless-express with ${framework}`,
    adapter: () => (framework === 'Express' ? new ExpressAdapter() : new FastifyAdapter()),
    serve: async (app) => {
      await app.init();
      if (framework === 'Fastify')
        await (app as NestFastifyApplication).getHttpAdapter().getInstance().ready();
      const instance: unknown = app.getHttpAdapter().getInstance();
      const serve = serverlessExpress as unknown as (options: object) => Lambda;
      const handler =
        framework === 'Express'
          ? instance
          : (request: object, response: object) => {
              (instance as { routing: (request: object, response: object) => void }).routing(
                request,
                response,
              );
            };
      return throughLambda(serve({ app: handler }));
    },
  })),
];

async function start(serving: Serving) {
  const module = await Test.createTestingModule({
    imports: [NaverCaptchaModule.forRoot(reaching(emulator))],
    controllers: [LoginController],
  }).compile();
  const app = module.createNestApplication(serving.adapter(), { logger: false });
  const send = await serving.serve(app);
  return {
    app,
    logIn: (password: string) => send(JSON.stringify({ password })),
    [Symbol.asyncDispose]: () => app.close(),
  };
}

describe.each(SERVINGS)('the end of every kind of response is understood: $name', (serving) => {
  it('right log-ins count for nothing', async () => {
    await using app = await start(serving);
    const statuses = [];
    for (let time = 0; time < 8; time += 1) statuses.push((await app.logIn('right')).status);

    expect(statuses).toEqual(Array.from({ length: 8 }, () => 201));
  });

  it('wrong ones are counted, and the last says that a captcha is needed', async () => {
    await using app = await start(serving);
    const replies = [await app.logIn('guess'), await app.logIn('guess'), await app.logIn('guess')];

    expect(replies.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(replies.map(({ required }) => required ?? null)).toEqual([null, null, '1']);
    const next = await app.logIn('right');
    expect({ status: next.status, code: (JSON.parse(next.body) as { code: string }).code }).toEqual({
      status: 400,
      code: 'CAPTCHA_MISSING',
    });
  });

  it('a right one makes the device known, and no other', async () => {
    await using app = await start(serving);
    const cookie: unknown = expect.stringMatching(/^__Host-captcha-[^=]{8}=[^;]{67}; Max-Age=15552000;/);

    expect((await app.logIn('guess')).setCookies).toEqual([]);
    expect((await app.logIn('right')).setCookies).toEqual([cookie]);
  });

  it('a right one forgets the wrong ones of the account', async () => {
    await using app = await start(serving);
    for (const password of ['guess', 'guess', 'right', 'guess', 'guess']) await app.logIn(password);

    expect((await app.logIn('right')).status).toBe(201);
  });
});

describe('a client that hangs up over HTTP/2', () => {
  it('keeps its failures, although the status is 200 by then', async () => {
    const serving = SERVINGS.find(({ name }) => name === 'Fastify over HTTP/2');
    if (serving === undefined) throw new Error('no HTTP/2');
    await using app = await start(serving);
    const url = await app.app.getUrl();
    const server: NodeJS.EventEmitter = app.app.getHttpServer() as NodeJS.EventEmitter;
    for (let time = 0; time < 3; time += 1) {
      const closed = new Promise<void>((resolve) => {
        server.once('session', (session: NodeJS.EventEmitter) => {
          session.once('close', () => setImmediate(resolve));
        });
      });
      const session = connect(url).on('error', () => undefined);
      const served = new Promise<void>((resolve) => {
        duringLogin = async () => {
          session.destroy();
          await closed;
          resolve();
        };
      });
      const stream = session.request({ ':method': 'POST', ':path': '/login', ...HEADERS });
      stream.on('error', () => undefined).end(JSON.stringify({ password: 'right' }));
      await served;
    }
    duringLogin = () => undefined;

    expect((await app.logIn('right')).status).toBe(400);
  });
});
