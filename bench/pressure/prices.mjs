// What puzzles cost: expected counters times the time of one derivation. Nothing is solved here.

/** One derivation, 1,000 iterations of PBKDF2, on one core in a browser; an assumption that fits laptops of 2026. */
const BROWSER_MS = 0.3;
/** An attacker's native code against a browser, on the same core; prototypes measured 4 to 7. */
const NATIVE = 5;
/** Derivations that a page keeps in flight, each on a core of its own. */
const IN_FLIGHT = 2;

const WORK = { parts: 1, counters: 1000 };
const tollOf = (level) => ({ parts: 2, counters: 400 * 2 ** (level - 1) });
const puzzleOf = ({ kind, level }) => (kind === 'work' ? WORK : tollOf(level));

/** Core seconds that an attacker spends on work or on a toll, on average. */
export function attackerSeconds(asked) {
  const { parts, counters } = puzzleOf(asked);
  return (parts * ((counters + 1) / 2) * BROWSER_MS) / NATIVE / 1000;
}

/** Milliseconds that a visitor waits for this puzzle, whose counters are drawn anew. */
export function visitorMs(asked, chance) {
  const { parts, counters } = puzzleOf(asked);
  let derivations = 0;
  for (let part = 0; part < parts; part += 1) derivations += chance.below(counters) + 1;
  return (derivations * BROWSER_MS) / IN_FLIGHT;
}
