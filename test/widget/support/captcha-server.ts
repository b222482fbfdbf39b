import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

import { type MadePuzzle, makePuzzle } from './puzzles.ts';
import { tone } from './tone.ts';

const script = readFileSync(createRequire(import.meta.url).resolve('naver-captcha-widget/widget.min.js'));
const solver = readFileSync(createRequire(import.meta.url).resolve('naver-captcha-widget/solver.min.js'));
const pictures = [1, 2].map((name) =>
  readFileSync(new URL(`../fixtures/picture-${name}.jpg`, import.meta.url)),
);

/** The body of a request for a challenge. */
export interface Asked {
  readonly kind?: string;
  readonly action?: string;
  readonly media?: string;
  readonly work?: boolean;
  readonly toll?: boolean | { readonly key: string; readonly value: string };
  /** The key in the reply; undefined if the server refused. */
  key?: string;
}

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly retryAfter?: number;
  /** In the body, where pages of other origins can read it. */
  readonly retryAfterSeconds?: number;
}

/** A site with the captcha routes of the Nest module, and a content security policy that allows nothing inline. */
export class CaptchaServer implements AsyncDisposable {
  readonly asked: Asked[] = [];
  /** The forms received, by plain post or by `fetch`. */
  readonly submissions: Record<string, string>[] = [];
  /** Every request, such as `GET /captcha/media`. */
  readonly requests: string[] = [];
  /** The page at `/`, its script and its style sheet. */
  page = { html: '', script: '', css: '' };
  /** Scripts and other files, by path. */
  readonly files = new Map<string, string>();
  /** The headers of the requests for challenges and media. */
  readonly headers: IncomingHttpHeaders[] = [];
  contentSecurityPolicy = "default-src 'self'; require-trusted-types-for 'script'";
  /** The other origin whose pages may read the replies, with cookies. */
  allowedOrigin: string | undefined;
  lifetimeMs = 600_000;
  /** Says the remaining time in the reply, which older servers do not. */
  saysRemainingTime = false;
  /** The difference between this server's clock and the browser's. */
  skewMs = 0;
  inline = true;
  soundSeconds = 0.5;
  /** Sends broken pictures and no sounds. */
  mediaBroken = false;
  /** The refusals of the next requests for a challenge. */
  refusals: Refusal[] = [];
  /** The codes that refuse the next submissions. */
  rejections: string[] = [];

  /** Whether the next challenges are work where the page accepts it. */
  givesWork = false;
  /** The number of requests that must pay a toll before they get a challenge. */
  tolls = 0;
  /** Makes the puzzles of the next replies. */
  makePuzzle: (parts: number) => MadePuzzle = (parts) => makePuzzle({ parts, counters: 20 });
  /** The values of the puzzles by their keys. */
  readonly solutions = new Map<string, string>();
  lifetimeOfWorkSeconds = 300;

  readonly #server: Server;
  readonly #held: (() => void)[] = [];
  #holding = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  static async start(): Promise<CaptchaServer> {
    const site = new CaptchaServer();
    await new Promise<void>((resolve) => site.#server.listen(0, '127.0.0.1', resolve));
    return site;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Holds the replies to the next requests for a challenge until `release`, in any order. */
  holdNext(count = 1): void {
    this.#holding = count;
  }

  /** Sends the reply to the held request with this number. */
  release(index = 0): void {
    const [reply] = this.#held.splice(index, 1);
    if (reply === undefined) throw new Error('No such request is held.');
    reply();
  }

  get held(): number {
    return this.#held.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    this.requests.push(`${request.method ?? ''} ${pathname}`);
    response.setHeader('content-security-policy', this.contentSecurityPolicy);
    response.setHeader('cache-control', 'no-store');
    if (this.allowedOrigin !== undefined) {
      response.setHeader('access-control-allow-origin', this.allowedOrigin);
      response.setHeader('access-control-allow-credentials', 'true');
      response.setHeader('access-control-allow-headers', 'content-type, x-csrf-token');
    }
    if (request.method === 'OPTIONS') {
      response.end();
      return;
    }
    const body = await text(request);
    const file = this.files.get(pathname);
    if (file !== undefined) {
      send(response, 'text/javascript; charset=utf-8', file);
      return;
    }
    if (pathname.startsWith('/captcha')) this.headers.push(request.headers);
    switch (pathname) {
      case '/':
      case '/other':
        // The browser does not restore a page that it must not store.
        response.setHeader('cache-control', 'max-age=600');
        send(response, 'text/html; charset=utf-8', pathname === '/' ? this.page.html : OTHER);
        return;
      case '/page.js':
        send(response, 'text/javascript', this.page.script);
        return;
      case '/page.css':
        send(response, 'text/css', this.page.css);
        return;
      case '/widget.js':
        send(response, 'text/javascript; charset=utf-8', script);
        return;
      case '/captcha':
        this.#issue(JSON.parse(body) as Asked, response);
        return;
      case '/captcha/solver.js':
        send(response, 'text/javascript; charset=utf-8', solver);
        return;
      case '/captcha/media':
        this.#media(searchParams.get('key') ?? '', request, response);
        return;
      case '/submit':
        this.#submit(request, body, response);
        return;
      default:
        response.writeHead(404).end();
    }
  }

  #issue(asked: Asked, response: ServerResponse): void {
    this.asked.push(asked);
    const reply = (): void => {
      response.setHeader('date', new Date(Date.now() + this.skewMs).toUTCString());
      const refusal = this.refusals.shift();
      if (refusal) {
        const { status, code, retryAfter, retryAfterSeconds } = refusal;
        if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
        json(response, status, {
          statusCode: status,
          error: 'Error',
          message: 'not for people',
          code,
          retryAfterSeconds,
        });
        return;
      }
      if (this.tolls > 0 && asked.toll !== undefined && asked.toll !== false) {
        this.tolls -= 1;
        const key = `toll-${this.asked.indexOf(asked) + 1}`;
        const { puzzle, value } = this.makePuzzle(2);
        this.solutions.set(key, value);
        json(response, 428, {
          statusCode: 428,
          code: 'CAPTCHA_WORK_REQUIRED',
          level: 1,
          key,
          puzzle,
          expiresInSeconds: 120,
        });
        return;
      }
      if (this.givesWork && asked.work === true) {
        asked.key = `work-${this.asked.indexOf(asked) + 1}`;
        const { puzzle, value } = this.makePuzzle(1);
        this.solutions.set(asked.key, value);
        json(response, 201, {
          key: asked.key,
          kind: 'work',
          puzzle,
          expiresInSeconds: this.lifetimeOfWorkSeconds,
        });
        return;
      }
      const kind = asked.kind ?? 'image';
      const number = this.asked.indexOf(asked) + 1;
      asked.key = `${kind}-${number}`;
      json(response, 201, {
        key: asked.key,
        kind,
        expiresAt: new Date(Date.now() + this.skewMs + this.lifetimeMs).toISOString(),
        ...(this.saysRemainingTime && { expiresInSeconds: this.lifetimeMs / 1_000 }),
        ...(asked.media === 'inline' &&
          this.inline && {
            media: { contentType: 'image/jpeg', data: this.#picture(asked.key).toString('base64') },
          }),
      });
    };
    if (this.#holding > 0) {
      this.#holding -= 1;
      this.#held.push(reply);
    } else {
      reply();
    }
  }

  #picture(key: string): Buffer {
    if (this.mediaBroken) return Buffer.from('no picture');
    return pictures[(Number(key.split('-')[1]) + 1) % 2] ?? Buffer.alloc(0);
  }

  #media(key: string, request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    if (key.startsWith('image')) {
      send(response, 'image/jpeg', this.#picture(key));
      return;
    }
    if (this.mediaBroken) {
      response.writeHead(503).end();
      return;
    }
    const sound = tone(this.soundSeconds);
    const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const [start, end] = [Number(from), to === '' ? sound.length - 1 : Number(to)];
    response.setHeader('accept-ranges', 'bytes');
    if (request.headers.range !== undefined) {
      response.statusCode = 206;
      response.setHeader('content-range', `bytes ${start}-${end}/${sound.length}`);
    }
    send(response, 'audio/wav', sound.subarray(start, end + 1));
  }

  #submit(request: IncomingMessage, body: string, response: ServerResponse): void {
    const isJson = request.headers['content-type'] === 'application/json';
    this.submissions.push(
      isJson
        ? (JSON.parse(body) as Record<string, string>)
        : Object.fromEntries(new URLSearchParams(body).entries()),
    );
    const code = this.rejections.shift();
    if (isJson) json(response, code === undefined ? 200 : 400, { code });
    else send(response, 'text/html', OTHER);
  }
}

const OTHER = '<!doctype html><html lang="ko"><meta charset="utf-8"><title>다음</title><h1>다음</h1></html>';

async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

function send(response: ServerResponse, type: string, body: string | Buffer): void {
  response.setHeader('content-type', type);
  response.end(body);
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  send(response, 'application/json; charset=utf-8', JSON.stringify(body));
}
