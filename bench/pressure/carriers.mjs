// How often a carrier's address, with 200 people an hour, meets the limit of wrong answers.
import { carrierHour, newTally, play, readingOf } from './people.mjs';
import { startSite } from './site.mjs';

const PICTURES = ['image', 'audio'];
/** One application for so many hours; a new one then, so that its memory stays small. */
const HOURS_A_SITE = 250;

/**
 * Hours of old pages, which are refused where others would pay: a page that pays is refused nothing, and pays the dearest
 * toll in the same hours.
 * @param rights the share of right answers, or undefined for 75 to 95 % from person to person
 */
export async function carrierHours({ seed, hours, rights, options }) {
  const sum = { hours, hoursOfWrong: 0, hoursOfAsking: 0, ...newTally() };
  for (let from = 0; from < hours; from += HOURS_A_SITE) {
    const site = await startSite({ seed: seed + from, kinds: PICTURES, options });
    const reads = rights === undefined ? readingOf(site.chance) : () => rights;
    for (let hour = 0; hour < Math.min(HOURS_A_SITE, hours - from); hour += 1) {
      const people = carrierHour(site.chance, { hour, reads }).map((one) => ({ ...one, canPay: false }));
      const tally = await play(site, newTally(), people);
      if (tally.refusedForWrong > 0) sum.hoursOfWrong += 1;
      if (tally.refusedForAsking > 0) sum.hoursOfAsking += 1;
      for (const name of ['people', 'passed', 'gaveUp', 'refusedForWrong', 'refusedForAsking', 'pictures'])
        sum[name] += tally[name];
    }
    await site.stop();
  }
  return sum;
}
