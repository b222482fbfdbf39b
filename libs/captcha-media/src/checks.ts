/** @throws {TypeError} if it is no number @throws {RangeError} if it is not whole, or out of bounds */
export function wholeNumber(name: string, value: unknown, least: number, most: number): number {
  const form = `${name} must be a whole number from ${least} to ${most}`;
  if (typeof value !== 'number') throw new TypeError(`${form}: give a number.`);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`${form}: choose one within these bounds.`);
  return value;
}

/** @throws {TypeError} if it is no string @throws {RangeError} if it is none of `allowed` */
export function oneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  const form = `${name} must be one of ${allowed.map((each) => `'${each}'`).join(', ')}`;
  if (typeof value !== 'string') throw new TypeError(`${form}: give one of these strings.`);
  const known = allowed.find((each) => each === value);
  if (known === undefined) throw new RangeError(`${form}: check the spelling.`);
  return known;
}

const mostCharacters = 16;

/**
 * The messages name a position and never a character, because a text is the answer to a captcha.
 *
 * @throws {TypeError} if it is no string
 * @throws {RangeError} if it is empty, too long, or has a character that is not in `alphabet`
 */
export function textOf(text: unknown, alphabet: string): string {
  const form = `text must be 1 to ${mostCharacters} of the characters ${alphabet}`;
  if (typeof text !== 'string') throw new TypeError(`${form}: give a string.`);
  const characters = Array.from(text);
  const remedy = `make it with randomText({ alphabet: '${alphabet}', length: 6 }).`;
  if (characters.length < 1 || characters.length > mostCharacters)
    throw new RangeError(`${form}, and has ${characters.length}: ${remedy}`);
  const wrong = characters.findIndex((character) => !alphabet.includes(character));
  if (wrong >= 0) throw new RangeError(`${form}, and has another at position ${wrong + 1}: ${remedy}`);
  return text;
}

/** @throws {TypeError} if it is no object */
export function assertObject(options: unknown, example: string): asserts options is object {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, like ${example}.`);
}
