import { type PipeTransform, type Type, ValidationPipe } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';

import type { ResolvedCaptchaOptions } from '../types.js';
import type { CaptchaRequirement } from './captcha-requirement.js';
import { type AnsweringRequest, stripAnswer } from './find-answer.js';

const plainPipe = (): PipeTransform => new ValidationPipe();

/** Checks the body as the handler's pipes will, on a copy without the captcha's fields; what comes of it is dropped. */
export async function validateBody(
  { body }: AnsweringRequest,
  validate: NonNullable<CaptchaRequirement['validate']>,
  options: ResolvedCaptchaOptions,
  application: ApplicationConfig,
): Promise<void> {
  const { type, pipe } = typeof validate === 'function' ? given(validate, application) : validate;
  const copy: unknown =
    typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : body;
  stripAnswer({ body: copy }, options);
  await pipe.transform(copy, { type: 'body', metatype: type, data: undefined });
}

function given(type: Type, application: ApplicationConfig): { type: Type; pipe: PipeTransform } {
  const global = application.getGlobalPipes().find((pipe) => pipe instanceof ValidationPipe);
  return { type, pipe: global ?? plainPipe() };
}
