const ACTION = /^[a-z0-9_-]{1,32}$/;

/** Whether this can be the name of what a key is for. */
export function isAction(value: unknown): value is string {
  return typeof value === 'string' && ACTION.test(value);
}
