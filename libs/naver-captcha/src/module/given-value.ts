const MAX_SHOWN = 40;

/**
 * The invalid value of an option for an error, such as `"naver" was given`. Returns undefined if it has no short JSON,
 * as functions and instances of classes have none, or if it may be a URL with a password or a token.
 */
export function describeGiven(value: unknown): string | undefined {
  const json = typeof value === 'number' ? String(value) : jsonOf(value);
  if (json === undefined || /[@?]/.test(json)) return undefined;
  return `${json.length > MAX_SHOWN ? `${json.slice(0, MAX_SHOWN)}…` : json} was given`;
}

function jsonOf(value: unknown): string | undefined {
  if (typeof value === 'object' && value !== null && !isPlain(value)) return undefined;
  try {
    // Undefined for a function, which the type does not say.
    const json: unknown = JSON.stringify(value);
    return typeof json === 'string' ? json : undefined;
  } catch {
    // A circle, or a BigInt.
    return undefined;
  }
}

function isPlain(value: object): boolean {
  return Array.isArray(value) || Reflect.getPrototypeOf(value) === Object.prototype;
}
