// People who sign up: each comes once, reads most pictures, and tries again after a wrong answer.
import { visitorMs } from './prices.mjs';
import { HOUR_MS, MINUTE_MS } from './site.mjs';

/** After so many wrong answers a person gives up. */
const TRIES = 5;
/** After so many tolls in a row the page gives up. */
const TOLLS = 3;

/** What happened to some people. */
export function newTally() {
  return {
    people: 0,
    passed: 0,
    gaveUp: 0,
    refusedForWrong: 0,
    refusedForAsking: 0,
    seeing: 0,
    pictures: 0,
    tolls: 0,
    waitsMs: [],
  };
}

/**
 * One person at one instant: between two tries no time passes, so a crowd is denser here than it is.
 * @param canPay whether the page pays tolls; an old page asks without work and tolls
 */
export async function visit(site, tally, { by, reads, canPay = true }) {
  const { chance } = site;
  const request = { by, work: canPay, toll: canPay };
  const visitor = { waitMs: 0, pictures: 0 };
  tally.people += 1;
  const end = await signUp(site, tally, request, visitor, () => chance.is(reads));
  tally[end] += 1;
  tally.pictures += visitor.pictures;
  if (visitor.pictures > 0) tally.seeing += 1;
  tally.waitsMs.push(visitor.waitMs);
  return end;
}

async function signUp(site, tally, request, visitor, isRead) {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const reply = await challengeFor(site, tally, request, visitor);
    if (reply.status !== 201) return reply.retryAfterSeconds >= 3600 ? 'refusedForWrong' : 'refusedForAsking';
    if (reply.kind === 'work') visitor.waitMs += visitorMs(reply, site.chance);
    else visitor.pictures += 1;
    if ((await site.signUp(reply, reply.kind === 'work' || isRead())) === 201) return 'passed';
  }
  return 'gaveUp';
}

async function challengeFor(site, tally, request, visitor) {
  let reply = await site.ask(request);
  for (let paid = 0; paid < TOLLS && reply.status === 428; paid += 1) {
    tally.tolls += 1;
    visitor.waitMs += visitorMs(reply.toll, site.chance);
    reply = await site.pay(request, reply.toll);
  }
  return reply;
}

/** Plays people in the order in which they come. @param arrivals `{ atMs, by, reads }` */
export async function play(site, tally, arrivals) {
  for (const arrival of arrivals.toSorted((one, other) => one.atMs - other.atMs)) {
    site.clock.moveTo(arrival.atMs);
    await visit(site, tally, arrival);
  }
  return tally;
}

/** So many people at random instants of a span. */
export function crowd(chance, { count, fromMs, spanMs, by, reads }) {
  return Array.from({ length: count }, () => ({
    atMs: fromMs + Math.floor(chance.share() * spanMs),
    by: by(),
    reads: reads(),
  }));
}

/** 75 to 95 % right. */
export const readingOf = (chance) => () => 0.75 + 0.2 * chance.share();

/** 60 colleagues behind one address, from 9 o'clock on, within ten minutes. */
export function office(chance) {
  return crowd(chance, {
    count: 60,
    fromMs: 9 * HOUR_MS,
    spanMs: 10 * MINUTE_MS,
    by: () => '192.0.2.60',
    reads: readingOf(chance),
  });
}

/** An hour of 200 people behind one address of a carrier. */
export function carrierHour(chance, { hour, reads }) {
  return crowd(chance, {
    count: 200,
    fromMs: hour * HOUR_MS,
    spanMs: HOUR_MS,
    // Each hour is another address: counts begin anew.
    by: () => `100.${128 + (hour % 64)}.${Math.floor(hour / 64) % 256}.1`,
    reads,
  });
}

/** Shares of a day's sign-ups by hour, from midnight in Korea; a guess: quiet nights, most in the evening. */
const BY_HOUR = [2, 1, 1, 1, 1, 1, 2, 3, 4, 5, 5, 5, 6, 5, 5, 5, 5, 6, 6, 7, 7, 7, 6, 4];
const DAY = BY_HOUR.flatMap((weight, hour) => Array.from({ length: weight }, () => hour));

/**
 * A day of a site: 55 of 100 people at home, 15 in one of some offices, 30 behind an address of carriers, of which each /24
 * has at most 100.
 */
export function day(chance, signUps, carrierAddresses = 600) {
  const offices = Math.max(1, Math.ceil(signUps / 200));
  const by = (at) => {
    const kind = chance.below(100);
    if (kind < 55) return `${20 + (at % 64)}.${(at >> 6) % 256}.${(at >> 14) % 256}.9`;
    if (kind < 70) return `185.${chance.below(offices) % 256}.40.9`;
    const carrier = chance.below(carrierAddresses);
    return `198.51.${100 + (carrier % Math.ceil(carrierAddresses / 100))}.${carrier % 100}`;
  };
  const reads = readingOf(chance);
  return Array.from({ length: signUps }, (_, at) => ({
    atMs: Math.floor((DAY[chance.below(DAY.length)] + chance.share()) * HOUR_MS),
    by: by(at),
    reads: reads(),
  }));
}
