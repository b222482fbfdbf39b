import {
  Controller,
  createParamDecorator,
  type ExecutionContext,
  Get,
  Inject,
  Post,
  StreamableFile,
  type Type,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { NaverCaptchaService } from '../challenge/naver-captcha.service.js';
import { QuietLogger } from '../quiet-logger.js';
import { CaptchaException, CaptchaMalformedException, CaptchaUnavailableException } from '../errors.js';
import { headerOf } from '../contexts/context-kind.js';
import { HTTP } from '../contexts/http.context.js';
import { Refusals } from '../contexts/refusals.js';
import { isObject } from '../unknown-values.js';
import { SkipCaptcha } from '../guard/skip-captcha.decorator.js';
import { CAPTCHA_OPTIONS } from '../tokens.js';
import type { CaptchaChallenge, ResolvedCaptchaOptions } from '../types.js';
import type { CaptchaRoutesOptions } from './captcha-routes-options.js';
import { readChallengeRequest } from './challenge-request.js';
import { refuseOtherSites } from './cross-site.js';
import { mediaReply } from './media-reply.js';
import { DescribeChallenge, DescribeMedia, DescribeWidget } from './swagger-description.js';
import { type AddressedRequest, addressOf } from './untrusted-proxy.js';

/** A challenge with its picture or sound, in base64. */
interface ChallengeReply extends CaptchaChallenge {
  readonly media?: { readonly contentType: string; readonly data: string };
}

interface QueriedRequest extends AddressedRequest {
  readonly query?: unknown;
}

const Context: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context,
);

const YEAR = 'public, max-age=31536000, immutable';
const DAY = 'public, max-age=86400';

/** Makes the controller of the routes: a new class for each call, because each has its own path and decorators. */
export function challengeController(routes: CaptchaRoutesOptions): Type {
  const { path = 'captcha', decorators = [], allowedOrigins = [], binding } = routes;
  assertOrigins(allowedOrigins);

  @Controller({ path, version: VERSION_NEUTRAL })
  @SkipCaptcha()
  class CaptchaChallengeController {
    constructor(
      @Inject(NaverCaptchaService) private readonly captcha: NaverCaptchaService,
      @Inject(CAPTCHA_OPTIONS) options: ResolvedCaptchaOptions,
      @Inject(QuietLogger) private readonly logger: QuietLogger,
      @Inject(Refusals) private readonly refusals: Refusals,
      @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    ) {
      if (options.keys === 'raw') {
        throw new Error(
          'NaverCaptchaModule cannot start:\n' +
            "  - routes cannot be used with keys: 'raw', because such keys are issued elsewhere. Leave one of them out.",
        );
      }
    }

    @Post()
    @DescribeChallenge()
    createChallenge(@Context() context: ExecutionContext): Promise<ChallengeReply> {
      return this.#reply(context, async (request) => {
        refuseOtherSites(request, allowedOrigins);
        const { kind, action, inline } = readChallengeRequest(request.body);
        const by = addressOf(request, this.logger);
        const challenge = await this.captcha.createChallenge({
          kind,
          action,
          by,
          binding: await binding?.(context),
        });
        if (inline) return { ...challenge, ...(await this.#inlined(challenge.key)) };
        // Fetched already while the reply is sent, because the page requests it next.
        this.captcha.fetchMedia(challenge.key).catch(() => undefined);
        return challenge;
      });
    }

    @Get('media')
    @DescribeMedia()
    fetchMedia(@Context() context: ExecutionContext): Promise<StreamableFile> {
      return this.#reply(context, async (request) => {
        const { status, headers, body } = mediaReply(
          await this.captcha.fetchMedia(keyOf(request.query)),
          headerOf(request, 'range'),
        );
        this.#setHeaders(context, headers);
        this.adapterHost.httpAdapter.status(context.switchToHttp().getResponse(), status);
        return new StreamableFile(body, { length: body.length, type: headers['Content-Type'] ?? '' });
      });
    }

    @Get('widget.js')
    @DescribeWidget()
    async widget(@Context() context: ExecutionContext): Promise<StreamableFile | undefined> {
      // Loaded with the first request, so that an application whose page bundles the widget does not keep it in memory.
      const { source, hash } = await import('naver-captcha-widget/source');
      const request = context.switchToHttp().getRequest<QueriedRequest>();
      const etag = `"${hash}"`;
      this.#setHeaders(context, {
        ETag: etag,
        'Cache-Control': isObject(request.query) && request.query['v'] === hash ? YEAR : DAY,
        'Content-Type': 'text/javascript; charset=utf-8',
        'X-Content-Type-Options': 'nosniff',
        'Cross-Origin-Resource-Policy': allowedOrigins.length > 0 ? 'cross-origin' : 'same-origin',
      });
      if (headerOf(request, 'if-none-match')?.includes(etag) === true) {
        this.adapterHost.httpAdapter.status(context.switchToHttp().getResponse(), 304);
        return undefined;
      }
      const body = Buffer.from(source);
      return new StreamableFile(body, { length: body.length, type: 'text/javascript; charset=utf-8' });
    }

    /** Replies that no browser or proxy may cache; refusals are in the visitor's language. */
    async #reply<T>(context: ExecutionContext, work: (request: QueriedRequest) => Promise<T>): Promise<T> {
      this.#setHeaders(context, { 'Cache-Control': 'no-store' });
      try {
        return await work(context.switchToHttp().getRequest<QueriedRequest>());
      } catch (thrown) {
        if (!(thrown instanceof CaptchaException)) throw thrown;
        throw await this.refusals.present(thrown, context, HTTP);
      }
    }

    /** Empty if NAVER does not send the media: the key has cost a call already, and the page can fetch it later. */
    async #inlined(key: string): Promise<Pick<ChallengeReply, 'media'>> {
      try {
        const { contentType, body } = await this.captcha.fetchMedia(key);
        return { media: { contentType, data: body.toString('base64') } };
      } catch (thrown) {
        if (thrown instanceof CaptchaUnavailableException) return {};
        throw thrown;
      }
    }

    #setHeaders(context: ExecutionContext, headers: Readonly<Record<string, string>>): void {
      const response: unknown = context.switchToHttp().getResponse();
      for (const [name, value] of Object.entries(headers)) {
        this.adapterHost.httpAdapter.setHeader(response, name, value);
      }
    }
  }

  for (const decorate of decorators) decorate(CaptchaChallengeController);
  return CaptchaChallengeController;
}

/** An origin with a path or without a scheme would never match the `Origin` header of a browser. */
function assertOrigins(origins: readonly string[]): void {
  const odd = origins.filter((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin);
  if (odd.length === 0) return;
  throw new RangeError(
    `routes.allowedOrigins: ${odd.join(', ')} must be scheme and host only, such as https://shop.example.com.`,
  );
}

function keyOf(query: unknown): string {
  const key = isObject(query) ? query['key'] : undefined;
  if (typeof key === 'string') return key;
  throw new CaptchaMalformedException({ detail: 'The query must contain one key.' });
}
