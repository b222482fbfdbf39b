import { type PipeTransform, type Type, ValidationPipe } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';

import type { ResolvedCaptchaOptions } from '../types.js';
import type { CaptchaRequirement } from './captcha-requirement.js';
import { isObject } from '../unknown-values.js';
import { stripAnswer } from '../contexts/strip-answer.js';
import type { Transport } from '../contexts/context-kind.js';

const plainPipe = (): PipeTransform => new ValidationPipe();

/** Checks the body as the handler's pipes will, on a copy without the captcha's fields; what comes of it is dropped. */
export async function validateBody(
  body: unknown,
  transport: Transport,
  validate: NonNullable<CaptchaRequirement['validate']>,
  options: ResolvedCaptchaOptions,
  application: ApplicationConfig,
): Promise<void> {
  const { type, pipe } = typeof validate === 'function' ? given(validate, application) : validate;
  const copy: unknown = isObject(body) && !Array.isArray(body) ? { ...body } : body;
  stripAnswer(copy, transport, options);
  const value = transport.hasInputObjects ? soleInput(copy) : copy;
  await pipe.transform(value, { type: 'body', metatype: type, data: undefined });
}

/** The `input` of a mutation that has no other argument is what its DTO describes; else the arguments together. */
function soleInput(args: unknown): unknown {
  const [input, ...others] = isObject(args) ? Object.values(args) : [];
  return isObject(input) && !Array.isArray(input) && others.length === 0 ? input : args;
}

function given(type: Type, application: ApplicationConfig): { type: Type; pipe: PipeTransform } {
  const global = application.getGlobalPipes().find((pipe) => pipe instanceof ValidationPipe);
  return { type, pipe: global ?? plainPipe() };
}
