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

/** Streams the captcha events to a page. They hold no key, answer or secret, so they are sent unchanged. */
@Controller('live')
export class LiveController implements OnModuleInit, OnModuleDestroy {
  /** Repeats the latest events, for a visitor who signs up first and opens the page afterwards. */
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

  /** Lets a visitor try the captcha on the page itself. */
  @Post('try')
  @HttpCode(200)
  @RequireCaptcha({ action: 'live' })
  tryIt(@CaptchaResult() captcha: CaptchaOutcome): CaptchaOutcome {
    return captcha;
  }
}
