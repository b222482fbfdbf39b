import {
  Controller,
  HttpCode,
  Inject,
  type MessageEvent,
  type OnModuleDestroy,
  type OnModuleInit,
  Post,
  ServiceUnavailableException,
  Sse,
} from '@nestjs/common';
import {
  CAPTCHA_EVENTS,
  type CaptchaEvent,
  type CaptchaOutcome,
  CaptchaResult,
  RequireCaptcha,
} from 'nestjs-naver-captcha';
import { finalize, map, type Observable, ReplaySubject, type Subscription } from 'rxjs';

const REMEMBERED = 50;
const MOST_LISTENERS = 100;

/** Shows a page the calls as they happen. Events hold no key, answer or secret, so they go out as they are. */
@Controller('live')
export class LiveController implements OnModuleInit, OnModuleDestroy {
  /** The latest ones again, for whoever signs up first and looks then. */
  readonly #shown = new ReplaySubject<MessageEvent>(REMEMBERED);
  #subscription: Subscription | undefined;
  #listeners = 0;

  constructor(@Inject(CAPTCHA_EVENTS) private readonly events: Observable<CaptchaEvent>) {}

  onModuleInit(): void {
    this.#subscription = this.events
      .pipe(map((event) => ({ data: { ...event, at: Date.now() } })))
      .subscribe((message) => {
        this.#shown.next(message);
      });
  }

  onModuleDestroy(): void {
    this.#subscription?.unsubscribe();
    this.#shown.complete();
  }

  @Sse('events')
  listen(): Observable<MessageEvent> {
    if (this.#listeners >= MOST_LISTENERS) {
      throw new ServiceUnavailableException('지금 보고 있는 사람이 너무 많습니다.');
    }
    this.#listeners += 1;
    return this.#shown.pipe(
      finalize(() => {
        this.#listeners -= 1;
      }),
    );
  }

  /** For trying it on the page itself. */
  @Post('try')
  @HttpCode(200)
  @RequireCaptcha({ action: 'live' })
  tryIt(@CaptchaResult() captcha: CaptchaOutcome): CaptchaOutcome {
    return captcha;
  }
}
