/** Whether a key can be tied to this: a cookie that was parsed as JSON, for one, may be anything. */
export function isBinding(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
