import * as terminus from '@nestjs/terminus';

/** 11 takes both a thrown error and a returned `down`, 10 the former alone and 12 the latter. */
const takesReturned = 'HealthIndicatorService' in terminus;

interface Told {
  readonly status: 'up' | 'down';
}

/** What Terminus 10 counts as down; it knows it by the field. */
class HealthCheckError extends Error {
  readonly isHealthCheckError = true;

  constructor(readonly causes: unknown) {
    super('The captcha is down.');
  }
}

/** Gives a health under a name to the Terminus that is installed. */
export function tellTerminus<Key extends string, Health extends Told>(
  key: Key,
  health: Health,
): Record<Key, Health>;
export function tellTerminus(key: string, health: Told): Record<string, Told> {
  const result = { [key]: health };
  if (health.status === 'down' && !takesReturned) throw new HealthCheckError(result);
  return result;
}
