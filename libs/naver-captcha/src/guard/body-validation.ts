import { Inject, Injectable, type PipeTransform, type Type, ValidationPipe } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';

import { stripAnswer } from '../contexts/answer-fields.js';
import type { ContextKind } from '../contexts/context-kind.js';
import { CAPTCHA_OPTIONS } from '../tokens.js';
import type { ResolvedCaptchaOptions } from '../types.js';
import { isRecord } from '../unknown-values.js';
import type { CaptchaRequirement, GuardedCall } from './captcha-requirement.js';

/** Checks the body before a captcha is spent (`validate`), so that a form that is refused anyway does not cost one. */
@Injectable()
export class BodyValidation {
  constructor(
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(ApplicationConfig) private readonly application: ApplicationConfig,
  ) {}

  /** The check to run before an attempt is spent; undefined if this call has none. */
  checkOf({ context, kind, requirement: { validate } }: GuardedCall): (() => Promise<void>) | undefined {
    if (validate === undefined || kind === undefined) return undefined;
    return () => this.#check(kind.request(context)?.body, kind, validate);
  }

  /** Checks as the handler's pipes will, on a copy without the captcha's fields; the result is dropped. */
  async #check(
    body: unknown,
    kind: ContextKind,
    validate: NonNullable<CaptchaRequirement['validate']>,
  ): Promise<void> {
    const { type, pipe } =
      typeof validate === 'function' ? { type: validate, pipe: this.#globalPipe() } : validate;
    const copy: unknown = isRecord(body) ? { ...body } : body;
    stripAnswer(copy, kind, this.options);
    const value = kind.hasInputObjects ? soleInput(copy) : copy;
    await pipe.transform(value, { type: 'body', metatype: type satisfies Type, data: undefined });
  }

  #globalPipe(): PipeTransform {
    const global = this.application.getGlobalPipes().find((pipe) => pipe instanceof ValidationPipe);
    return global ?? new ValidationPipe();
  }
}

/** The `input` of a mutation without other arguments is what its DTO describes; otherwise all arguments together. */
function soleInput(args: unknown): unknown {
  const [input, ...others] = isRecord(args) ? Object.values(args) : [];
  return isRecord(input) && others.length === 0 ? input : args;
}
