/** What a browser sends, of the size of a sealed key. */
export const SOME_KEY = 'k'.repeat(99);
export const VALUE = 'HJ4RUW';

export const bodyOf = (captchaKey) => JSON.stringify({ captchaKey, captchaValue: VALUE });

/** One body for all requests: whoever does not look at it takes it any number of times. */
export function oneBody(_app, { kind }) {
  if (kind === 'missing') return [JSON.stringify({ name: 'n'.repeat(120) })];
  return [bodyOf(kind === 'forged' ? `forged${SOME_KEY.slice(6)}` : SOME_KEY)];
}
