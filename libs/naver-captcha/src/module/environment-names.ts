import { nearestName } from './nearest-name.js';
import { namesOf } from './option-checks.js';
import { OPTIONS } from './options-table.js';

const PREFIX = /^NAVER_CAPTCHA_/i;
/** What the emulator reads when it runs as a process. */
const EMULATOR_PREFIX = 'NAVER_CAPTCHA_EMULATOR_';

const VARIABLES: readonly string[] = namesOf(OPTIONS).flatMap((name) => OPTIONS[name].variable ?? []);
/** With the variable from which the demo, and applications made after it, take their Redis. */
const KNOWN: readonly string[] = [...VARIABLES, 'NAVER_CAPTCHA_REDIS_URL'];

/** Returns a warning for each variable that begins with NAVER_CAPTCHA_ and has no effect; it never tells a value. */
export function unreadVariables(environment: NodeJS.ProcessEnv): string[] {
  return Object.keys(environment)
    .filter((name) => PREFIX.test(name) && !isRead(name, environment))
    .map((name) => {
      const nearest = nearestName(withoutPrefix(name.toUpperCase()), KNOWN.map(withoutPrefix));
      const remedy =
        nearest === undefined
          ? `The variables of the module are ${VARIABLES.join(', ')}.`
          : `Did you mean NAVER_CAPTCHA_${nearest}?`;
      return `The environment variable ${name} has no effect, because no option has this variable. ${remedy}`;
    });
}

function isRead(name: string, environment: NodeJS.ProcessEnv): boolean {
  // Windows ignores the case of names: there, the variable is found under its upper-case name, too.
  const upper = name.toUpperCase();
  const value = environment[upper]?.trim() ?? '';
  const isKnown = KNOWN.includes(upper) || upper.startsWith(EMULATOR_PREFIX);
  return environment[name]?.trim() === '' || (isKnown && value !== '');
}

function withoutPrefix(name: string): string {
  return name.replace(PREFIX, '');
}
