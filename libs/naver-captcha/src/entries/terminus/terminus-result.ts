import * as terminus from '@nestjs/terminus';

/** Terminus 10 takes only a thrown error as down, 12 only a returned `down`, 11 both. */
const acceptsReturnedDown = 'HealthIndicatorService' in terminus;

interface Status {
  readonly status: 'up' | 'down';
}

/** What Terminus 10 takes as down; it recognizes the error by this field. */
class HealthCheckError extends Error {
  readonly isHealthCheckError = true;

  constructor(readonly causes: unknown) {
    super('The captcha is down.');
  }
}

/**
 * The health under a name, in the form that the installed Terminus expects.
 * @throws HealthCheckError if the health is down and Terminus is version 10
 */
export function terminusResult<Key extends string, Health extends Status>(
  key: Key,
  health: Health,
): Record<Key, Health>;
export function terminusResult(key: string, health: Status): Record<string, Status> {
  const result = { [key]: health };
  if (health.status === 'down' && !acceptsReturnedDown) throw new HealthCheckError(result);
  return result;
}
