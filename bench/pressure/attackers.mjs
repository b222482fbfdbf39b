// An attacker who wants as many sign-ups as an hour gives, from one or many addresses.
import { attackerSeconds } from './prices.mjs';
import { MINUTE_MS } from './site.mjs';

/** When limits have settled; paid tries are many, and alike from the first on. */
const SETTLED_MINUTES = { free: 40, paying: 3 };
const BUSY = 300;
/** A hoarded picture is answered in its tenth minute, the last of its key. */
const KEPT_MINUTES = 9;

/** IPv4 addresses of different /24s, which share no count. */
const scattered = (count) => Array.from({ length: count }, (_, at) => `198.${at + 20}.7.7`);
/** The /64s of one /56 share the counts of their /48. */
const prefixes = (count) =>
  Array.from({ length: count }, (_, at) => `2001:db8:1:${(0x100 + at).toString(16)}::1`);

/** Who asks: `of` are the addresses played, and each result stands for so many times as much. */
export const ATTACKERS = {
  'one address': {
    free: { of: scattered(40), stands: 1 / 40 },
    paying: { of: scattered(1), stands: 1 },
    before: { of: scattered(1), stands: 1 },
  },
  '90 /64s of a /56': {
    free: { of: prefixes(90), stands: 1 },
    paying: { of: prefixes(9), stands: 10 },
    before: { of: prefixes(90), stands: 1 },
  },
  '1,000 IPv4 addresses': {
    free: { of: scattered(40), stands: 25 },
    paying: { of: scattered(20), stands: 50 },
    // NAVER's day of 500 pictures ends for them as for one.
    before: { of: scattered(1), stands: 1 },
  },
};

/**
 * One hour. The attacker first takes what is free: work, then pictures without a toll, as an old page does.
 * @param site of startSite(), at any time
 * @param reads the share of pictures that the attacker reads
 * @param cores limit what is paid in an hour
 * @param hoards keeps each picture as long as its key lives, so that answers come when no more pictures are given
 * @param pays for what is refused otherwise
 * @param priceOf what a toll costs in core seconds, if another price is to be tried than that of the library
 * @param settledMinute from which on a busy minute is taken for every later one
 */
export async function attack(
  site,
  { addresses, reads, cores = 2, hoards = false, pays = false, priceOf, settledMinute, minutes = 60 },
) {
  const gains = { signUps: 0, coreSeconds: 0, pictures: 0, works: 0, asked: 0, refused: 0, unavailable: 0 };
  const households = addresses.of.map((by) => ({ by, held: [] }));
  const attacker = { site, reads, gains, hoards, priceOf, coresLeft: 0 };
  const settled = settledMinute ?? (pays ? SETTLED_MINUTES.paying : SETTLED_MINUTES.free);
  for (let minute = 0; minute < minutes; minute += 1) {
    const before = { ...gains };
    site.clock.moveTo(minute * MINUTE_MS);
    attacker.coresLeft = (cores / addresses.stands) * 60;
    for (const household of households) await takeWhatIsFree(attacker, household, minute);
    if (pays) await payForMore(attacker, households, minute);
    if (minute >= settled && gains.asked - before.asked > BUSY) {
      repeat(gains, before, minutes - 1 - minute);
      break;
    }
  }
  for (const name of Object.keys(gains)) gains[name] *= addresses.stands;
  return gains;
}

async function takeWhatIsFree(attacker, household, minute) {
  const { site } = attacker;
  const due = household.held.filter((held) => minute - held.minute >= KEPT_MINUTES);
  household.held = household.held.filter((held) => !due.includes(held));
  for (const { challenge } of due) await answer(attacker, challenge);
  for (;;) {
    const reply = await ask(attacker, { by: household.by, work: site.takesWork });
    if (reply.status !== 201) return;
    await use(attacker, household, reply, minute);
  }
}

/** Round after round, so that the addresses share the cores. */
async function payForMore(attacker, households, minute) {
  let open = households;
  while (open.length > 0) {
    const paying = [];
    for (const household of open) if (await payOnce(attacker, household, minute)) paying.push(household);
    open = paying;
  }
}

async function payOnce(attacker, household, minute) {
  const request = { by: household.by, toll: true };
  const demand = await ask(attacker, request);
  if (demand.status === 201) {
    await use(attacker, household, demand, minute);
    return true;
  }
  if (demand.status !== 428) return false;
  household.paid = (household.paid ?? 0) + 1;
  const price = attacker.priceOf?.(household.paid, demand.toll) ?? attackerSeconds(demand.toll);
  if (price > attacker.coresLeft) return false;
  spend(attacker, price);
  const reply = await attacker.site.pay(request, demand.toll);
  if (reply.status !== 201) return false;
  await use(attacker, household, reply, minute);
  return true;
}

async function ask({ site, gains }, request) {
  gains.asked += 1;
  const reply = await site.ask(request);
  if (reply.status === 429) gains.refused += 1;
  if (reply.status >= 500) gains.unavailable += 1;
  return reply;
}

async function use(attacker, household, challenge, minute) {
  if (challenge.kind === 'work') {
    attacker.gains.works += 1;
    spend(attacker, attackerSeconds(challenge));
    await signUp(attacker, challenge, true);
    return;
  }
  attacker.gains.pictures += 1;
  if (attacker.hoards) household.held.push({ challenge, minute });
  else await answer(attacker, challenge);
}

async function answer(attacker, challenge) {
  await signUp(attacker, challenge, attacker.site.chance.is(attacker.reads));
}

async function signUp({ site, gains }, challenge, isRight) {
  if ((await site.signUp(challenge, isRight)) === 201) gains.signUps += 1;
}

function spend(attacker, coreSeconds) {
  attacker.coresLeft -= coreSeconds;
  attacker.gains.coreSeconds += coreSeconds;
}

function repeat(gains, before, times) {
  for (const name of Object.keys(gains)) gains[name] += times * (gains[name] - before[name]);
}
