import type { CaptchaAnswerNames, ResolvedCaptchaOptions } from '../types.js';
import { isObject } from '../unknown-values.js';
import type { Transport } from './context-kind.js';

/** Takes both fields out of a body, so that `forbidNonWhitelisted` does not refuse what no DTO knows. */
export function stripAnswer(
  body: unknown,
  { hasInputObjects }: Transport,
  { bodyFields }: ResolvedCaptchaOptions,
): void {
  if (bodyFields === false || !isObject(body)) return;
  remove(body, bodyFields);
  if (!hasInputObjects) return;
  for (const [name, input] of Object.entries(body)) {
    if (
      !isObject(input) ||
      !(Object.hasOwn(input, bodyFields.key) || Object.hasOwn(input, bodyFields.value))
    ) {
      continue;
    }
    // A copy: aliases share the input of a variable, and its answer is what they are to be refused by.
    const copy = { ...input };
    remove(copy, bodyFields);
    body[name] = copy;
  }
}

function remove(body: object, { key, value }: CaptchaAnswerNames): void {
  Reflect.deleteProperty(body, key);
  Reflect.deleteProperty(body, value);
}
