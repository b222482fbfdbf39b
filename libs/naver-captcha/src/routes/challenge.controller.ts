import {
  Controller,
  createParamDecorator,
  type ExecutionContext,
  Get,
  HttpException,
  Inject,
  Options,
  Post,
  Res,
  SetMetadata,
  type Type,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { NaverCaptchaService } from '../challenge/naver-captcha.service.js';
import { headerOf } from '../contexts/context-kind.js';
import { HTTP } from '../contexts/http.context.js';
import { Refusals } from '../contexts/refusals.js';
import { Deadline } from '../deadline.js';
import {
  CaptchaBadRequestException,
  CaptchaException,
  CaptchaUnavailableException,
  CaptchaWorkRequiredException,
  nameOf,
} from '../errors.js';
import { SkipCaptcha } from '../guard/skip-captcha.decorator.js';
import { WorkActions } from '../challenge/work-actions.js';
import { QuietLogger } from '../quiet-logger.js';
import { CAPTCHA_OPTIONS, CAPTCHA_ROUTES } from '../tokens.js';
import type {
  CaptchaChallenge,
  CaptchaPressure,
  CaptchaPressureLimits,
  CaptchaToll,
  ResolvedCaptchaOptions,
} from '../types.js';
import { isObject } from '../unknown-values.js';
import { AllowedOrigins } from './allowed-origins.js';
import type { CaptchaRoutesOptions } from './captcha-routes-options.js';
import { readChallengeRequest, warnOfRequest } from './challenge-request.js';
import { type AddressedRequest, ClientAddresses } from './client-address.js';
import { DownloadLimit } from './download-limit.js';
import { mediaReply } from './media-reply.js';
import { jsonReply, type RouteReply, sendReply, setHeaders } from './route-reply.js';
import {
  DescribeChallenge,
  DescribeMedia,
  DescribeSolver,
  DescribeWidget,
  LeaveOutOfDocument,
} from './swagger-description.js';
import { solverReply, widgetReply } from './widget-reply.js';

/** A challenge with its picture or sound, in base64. */
interface ChallengeReply extends CaptchaChallenge {
  readonly media?: { readonly contentType: string; readonly data: string };
}

/** What is left for drawing a picture of our own if NAVER has used up `timeoutMs`. */
const DRAWING_MS = 35;

interface QueriedRequest extends AddressedRequest {
  readonly method?: string;
  readonly query?: unknown;
}

const Context: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context,
);

/** Makes the controller of the routes: a new class for each call, because each has its own path and decorators. */
export function challengeController(routes: CaptchaRoutesOptions): Type {
  const { path = 'captcha', decorators = [], allowedOrigins = [], binding } = routes;
  const origins = new AllowedOrigins(allowedOrigins);

  // Each handler takes @Res(), so that it sends its reply itself: a global interceptor that wraps what handlers return
  // would turn script and pictures into JSON, and challenges into what the tag does not read.
  @Controller({ path, version: VERSION_NEUTRAL })
  @SkipCaptcha()
  @SetMetadata(CAPTCHA_ROUTES, true)
  class CaptchaChallengeController {
    readonly #addresses: ClientAddresses;
    readonly #downloads: DownloadLimit;
    readonly #timeoutMs: number;
    readonly #raise: CaptchaPressureLimits['raise'];

    constructor(
      @Inject(NaverCaptchaService) private readonly captcha: NaverCaptchaService,
      @Inject(CAPTCHA_OPTIONS) options: ResolvedCaptchaOptions,
      @Inject(QuietLogger) private readonly logger: QuietLogger,
      @Inject(Refusals) private readonly refusals: Refusals,
      @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
      @Inject(WorkActions) private readonly workActions: WorkActions,
    ) {
      this.#raise = options.pressure.raise;
      this.#addresses = new ClientAddresses(logger);
      this.#downloads = new DownloadLimit(options.keyTtlMs);
      this.#timeoutMs = options.timeoutMs;
      if (options.keys === 'raw') {
        throw new Error(
          'NaverCaptchaModule cannot start:\n' +
            "  - routes cannot be used with keys: 'raw', because such keys are issued elsewhere. Leave one of them out.",
        );
      }
    }

    @Post()
    @DescribeChallenge()
    createChallenge(@Context() context: ExecutionContext, @Res() response: unknown): Promise<unknown> {
      return this.#reply(context, response, async (request) => {
        origins.assertAllowed(request, this.logger);
        const { kind, action, inline, work, toll } = readChallengeRequest(request.body);
        warnOfRequest(request, this.logger);
        const by = this.#addresses.addressOf(request);
        const bindingOfClient = await this.#bindingOf(context);
        const pressure = await this.#pressureOf(context);
        const make = (): Promise<CaptchaChallenge> =>
          this.captcha.createChallenge({
            kind,
            action,
            by,
            binding: bindingOfClient,
            // A page may ask for less than its route takes, never for more.
            work: work && this.workActions.has(action),
            toll,
            pressure,
          });
        if (inline) return jsonReply(201, await this.#withMedia(make));
        const challenge = await make();
        if (challenge.kind !== 'work') this.captcha.fetchAhead(challenge.key);
        return jsonReply(201, challenge);
      });
    }

    @Get('media')
    @DescribeMedia()
    fetchMedia(@Context() context: ExecutionContext, @Res() response: unknown): Promise<unknown> {
      return this.#reply(context, response, async (request) => {
        const key = keyOf(request.query);
        const media = await this.captcha.fetchMedia(key);
        const reply = mediaReply(media, headerOf(request, 'range'));
        if (request.method !== 'HEAD') this.#downloads.take(key, reply.body.length, media.body.length);
        return reply;
      });
    }

    @Get('widget.js')
    @DescribeWidget()
    widget(@Context() context: ExecutionContext, @Res() response: unknown): Promise<unknown> {
      return this.#reply(context, response, widgetReply);
    }

    @Get('solver.js')
    @DescribeSolver()
    solver(@Context() context: ExecutionContext, @Res() response: unknown): Promise<unknown> {
      return this.#reply(context, response, solverReply);
    }

    /** The browser's question whether a page of another origin may send its request. */
    @Options(['', 'media', 'widget.js', 'solver.js'])
    @LeaveOutOfDocument()
    preflight(@Context() context: ExecutionContext, @Res() response: unknown): Promise<unknown> {
      return this.#reply(context, response, (request) => {
        origins.assertAllowed(request, this.logger);
        return Promise.resolve({ status: 204, headers: origins.preflightHeaders(request), body: undefined });
      });
    }

    /** Replies that no browser or proxy may cache unless they say so; refusals are in the visitor's language. */
    async #reply(
      context: ExecutionContext,
      response: unknown,
      work: (request: QueriedRequest) => Promise<RouteReply>,
    ): Promise<unknown> {
      const { httpAdapter } = this.adapterHost;
      const request = context.switchToHttp().getRequest<QueriedRequest>();
      setHeaders(httpAdapter, response, { 'Cache-Control': 'no-store', ...origins.headersFor(request) });
      try {
        return sendReply(httpAdapter, response, await work(request));
      } catch (thrown) {
        if (!(thrown instanceof CaptchaException)) throw thrown;
        if (thrown instanceof CaptchaWorkRequiredException && thrown.toll !== undefined) {
          return sendReply(httpAdapter, response, await this.#tollReply(thrown, thrown.toll, context));
        }
        if (thrown instanceof CaptchaBadRequestException) {
          this.logger.warn(`${thrown.code}: ${thrown.message}`);
        }
        throw await this.refusals.present(thrown, context, HTTP);
      }
    }

    /** Returned and not thrown: exception filters of the application would drop the puzzle. */
    async #tollReply(
      refusal: CaptchaWorkRequiredException,
      toll: CaptchaToll,
      context: ExecutionContext,
    ): Promise<RouteReply> {
      const presented: unknown = await this.refusals.present(refusal, context, HTTP);
      const { status, body } = replyOf(presented instanceof HttpException ? presented : refusal);
      return jsonReply(status, { ...body, ...toll });
    }

    /** A throw leaves the pressure as it is: the function only adds to what is counted. */
    async #pressureOf(context: ExecutionContext): Promise<CaptchaPressure> {
      try {
        const pressure: unknown = await this.#raise?.(context);
        return pressure === 'raised' || pressure === 'high' ? pressure : 'calm';
      } catch (thrown) {
        this.logger.warn(
          `pressure.raise threw ${nameOf(thrown)}, so the pressure of the request is not raised. Fix the function.`,
        );
        return 'calm';
      }
    }

    /** A throw most likely means a hostile request, which is refused: no 500. */
    async #bindingOf(context: ExecutionContext): Promise<string | undefined> {
      try {
        return await binding?.(context);
      } catch (cause) {
        if (cause instanceof HttpException) throw cause;
        throw new CaptchaBadRequestException({
          detail:
            `routes.binding threw ${nameOf(cause)}, so the page gets no challenge. Fix the function; for a visitor ` +
            'without a session it may throw an HttpException.',
          cause,
        });
      }
    }

    /** The challenge with its media, but without them if challenge and media together would take too long. */
    async #withMedia(make: () => Promise<CaptchaChallenge>): Promise<ChallengeReply> {
      const deadline = new Deadline(this.#timeoutMs);
      try {
        const challenge = await make();
        if (challenge.kind === 'work') return challenge;
        const late = new Promise<undefined>((resolve) => {
          deadline.listener = () => {
            setTimeout(resolve, DRAWING_MS, undefined).unref();
          };
        });
        const media = await Promise.race([this.#mediaOf(challenge.key), late]);
        return media === undefined ? challenge : { ...challenge, media };
      } finally {
        deadline.clear();
      }
    }

    /** Returns undefined if the engine does not send it: the key has cost a call already, and the page can fetch it later. */
    async #mediaOf(key: string): Promise<ChallengeReply['media']> {
      try {
        const { contentType, body } = await this.captcha.fetchMedia(key);
        return { contentType, data: body.toString('base64') };
      } catch (thrown) {
        if (thrown instanceof CaptchaUnavailableException) return undefined;
        throw thrown;
      }
    }
  }

  for (const decorate of decorators) decorate(CaptchaChallengeController);
  return CaptchaChallengeController;
}

function replyOf(refusal: HttpException): { readonly status: number; readonly body: object } {
  const body = refusal.getResponse();
  return { status: refusal.getStatus(), body: typeof body === 'string' ? { message: body } : body };
}

function keyOf(query: unknown): string {
  const key = isObject(query) ? query['key'] : undefined;
  if (typeof key === 'string') return key;
  throw new CaptchaBadRequestException({ detail: 'GET /captcha/media: the query must contain one key.' });
}
