import { table, whole } from '../support/table.mjs';
import { attack, ATTACKERS } from './attackers.mjs';
import { carrierHours } from './carriers.mjs';
import { carrierHour, crowd, day, newTally, office, play, readingOf } from './people.mjs';
import { startSite } from './site.mjs';
import { variants } from './variants.mjs';

export const ROUTES = { pictures: ['image', 'audio'], 'with work': ['work', 'image', 'audio'] };
const READS = [0.05, 0.3, 0.6, 0.9];
const CORES = [2, 8, 64];
/** As before pressure: nothing but `issueLimit`, and NAVER alone. */
const NO_PRESSURE = { free: 1e9, raisedFrom: 1e9, highFrom: 1e9, refusedFrom: 1e9 };
const BEFORE = { hasStandby: false, options: { pressure: NO_PRESSURE } };

const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)} %`;
const small = (value) => (value < 100 ? Number(value.toFixed(1)).toString() : whole(value));

/** One attack on an application of its own. */
export async function attackOf({ seed, route, setup = {}, ...how }) {
  const site = await startSite({ seed, kinds: ROUTES[route], ...setup });
  const gains = await attack(site, how);
  await site.stop();
  return gains;
}

/** What attackers get who do not pay: sign-ups an hour. */
async function attackers({ seed }) {
  const data = [];
  for (const [name, { before: old, free: many }] of Object.entries(ATTACKERS))
    for (const reads of READS) {
      const before = await attackOf({ seed, route: 'pictures', setup: BEFORE, addresses: old, reads });
      const row = { name, reads, before: before.signUps };
      for (const route of Object.keys(ROUTES))
        for (const hoards of [false, true]) {
          const gains = await attackOf({ seed, route, addresses: many, reads, hoards });
          row[hoards ? `${route}, hoarding` : route] = gains.signUps;
          row[`${route}, core hours`] = gains.coreSeconds / 3600;
        }
      data.push(row);
    }
  const of = (reads) => data.find((row) => row.name === 'one address' && row.reads === reads);
  const best = (row) => Math.max(row.pictures, row['pictures, hoarding']);
  const withWork = (row) => Math.max(row['with work'], row['with work, hoarding']);
  const aim = (reads, limit, text) => ({
    aim: `${text}, route of pictures, not paying`,
    figure: `${small(of(reads).pictures)} an hour, hoarding ${small(of(reads)['pictures, hoarding'])}; with work ${small(withWork(of(reads)))}`,
    met: best(of(reads)) < limit,
  });
  return {
    title: 'Attackers who take what is free: sign-ups in an hour',
    text: table(
      ['reads', 'from', 'before', 'pictures', 'hoarding', 'with work', 'hoarding', 'core hours for work'],
      data.map((row) => [
        percent(row.reads),
        row.name,
        small(row.before),
        small(row.pictures),
        small(row['pictures, hoarding']),
        small(row['with work']),
        small(row['with work, hoarding']),
        row['with work, core hours'].toFixed(2),
      ]),
    ),
    data,
    aims: [
      aim(0.3, 7.5, 'a 30 % reader from one address gets about 5 an hour'),
      aim(0.6, 50, 'a 60 % reader from one address gets fewer than 50 an hour'),
    ],
  };
}

/** What attackers get who pay the dearest toll for what they are refused otherwise. */
async function paying({ seed }) {
  const data = [];
  for (const [name, { paying: addresses }] of Object.entries(ATTACKERS))
    for (const cores of CORES) {
      const row = { name, cores };
      for (const reads of READS) {
        const gains = await attackOf({ seed, route: 'pictures', addresses, reads, cores, pays: true });
        row[reads] = gains.signUps;
        row[`${reads} core hours`] = gains.coreSeconds / 3600;
        row[`${reads} pictures`] = gains.pictures;
        row.unavailable = (row.unavailable ?? 0) + gains.unavailable;
      }
      data.push(row);
    }
  const one = data.find((row) => row.name === 'one address' && row.cores === 2);
  return {
    title: 'Attackers who pay for what is refused otherwise, route of pictures: sign-ups in an hour (core hours)',
    text: table(
      ['from', 'cores', ...READS.map((reads) => `reads ${percent(reads)}`), 'pictures of the 30 % reader'],
      data.map((row) => [
        row.name,
        String(row.cores),
        ...READS.map((reads) => `${small(row[reads])} (${row[`${reads} core hours`].toFixed(1)})`),
        whole(row['0.3 pictures']),
      ]),
    ),
    data,
    aims: [
      {
        aim: 'a 30 % reader from one address gets about 5 an hour, paying with 2 cores',
        figure: small(one[0.3]),
        met: one[0.3] < 7.5,
      },
      {
        aim: 'a 60 % reader from one address gets fewer than 50 an hour, paying with 2 cores',
        figure: small(one[0.6]),
        met: one[0.6] < 50,
      },
    ],
  };
}

/** What people meet who sign up, on calm days. */
async function people({ seed }) {
  const played = {
    'a day of 300': (chance) => day(chance, 300),
    'a day of 30,000': (chance) => day(chance, 30_000),
    'home, 1 to 3 tries': (chance) => homes(chance),
    'office, 60 in 10 minutes': office,
    'carrier, 200 in an hour': (chance) => carrierHour(chance, { hour: 12, reads: readingOf(chance) }),
  };
  const data = [];
  for (const [name, arrivalsOf] of Object.entries(played))
    for (const [route, kinds] of Object.entries(ROUTES)) {
      const site = await startSite({ seed, kinds });
      const tally = await play(site, newTally(), arrivalsOf(site.chance));
      data.push({ name, route, ...summaryOf(tally), naverCalls: site.naverCalls() });
      await site.stop();
    }
  const of = (name, route) => data.find((row) => row.name === name && row.route === route);
  const unseen = Math.min(...['a day of 300', 'a day of 30,000'].map((name) => 1 - of(name, 'with work').seeing));
  const large = Object.keys(ROUTES).map((route) => of('a day of 30,000', route));
  return {
    title: 'People on a calm day',
    text: table(
      ['', 'route', 'refused', 'gave up', 'see a picture', 'pictures per 100', 'wait, median ms', 'wait, 99th ms', 'calls'],
      data.map((row) => [
        row.name,
        row.route,
        percent(row.refused, 2),
        percent(row.gaveUp, 2),
        percent(row.seeing, 1),
        small(row.picturesPerHundred),
        whole(row.medianMs),
        whole(row.slowMs),
        whole(row.naverCalls),
      ]),
    ),
    data,
    aims: [
      {
        aim: 'with work, at least 95 % of people see no picture on a calm day',
        figure: percent(unseen, 1),
        met: unseen >= 0.95,
      },
      {
        aim: "30,000 sign-ups a day on NAVER's free tier of 1,000 calls",
        figure: large
          .map((row) => `${row.route}: ${whole(row.naverCalls)} calls, refused ${percent(row.refused, 2)}`)
          .join('; '),
        met: large.every((row) => row.naverCalls <= 1000 && row.refused < 0.001),
      },
    ],
  };
}

/** People at home whose own tries are one to three: some come back for a second account. */
function homes(chance) {
  return Array.from({ length: 300 }, (_, home) =>
    crowd(chance, {
      count: 1 + chance.below(3),
      fromMs: 20 * 3_600_000,
      spanMs: 3_600_000,
      by: () => `20.${home % 256}.${home >> 8}.9`,
      reads: readingOf(chance),
    }),
  ).flat();
}

function summaryOf({ people: count, ...tally }) {
  const sorted = tally.waitsMs.toSorted((one, other) => one - other);
  return {
    people: count,
    passed: tally.passed,
    refused: (tally.refusedForWrong + tally.refusedForAsking) / count,
    gaveUp: tally.gaveUp / count,
    seeing: tally.seeing / count,
    picturesPerHundred: (100 * tally.pictures) / count,
    medianMs: sorted[Math.floor(count / 2)],
    slowMs: sorted[Math.floor(count * 0.99)],
  };
}

/** How often the address of a carrier meets the limits. */
async function carriers({ seed, hours }) {
  const data = [];
  for (const [readers, rights] of [
    ['75 % right', 0.75],
    ['85 % right', 0.85],
    ['75 to 95 % right', undefined],
  ])
    data.push({ readers, ...(await carrierHours({ seed, hours, rights })) });
  const [, aimed] = data;
  return {
    title: `A carrier's address of 200 people an hour, old pages, ${hours} hours each`,
    text: table(
      ['', 'hours refused for wrong answers', 'people so', 'hours refused for issueLimit', 'people so'],
      data.map((row) => [
        row.readers,
        percent(row.hoursOfWrong / hours, 2),
        percent(row.refusedForWrong / row.people, 2),
        percent(row.hoursOfAsking / hours, 0),
        percent(row.refusedForAsking / row.people, 2),
      ]),
    ),
    data: data.map(({ waitsMs: _, ...row }) => row),
    aims: [
      {
        aim: "a carrier's people at 85 % right are refused for wrong answers in less than 0.1 % of its hours",
        figure: `${aimed.hoursOfWrong} of ${hours} hours`,
        met: aimed.hoursOfWrong / hours < 0.001,
      },
    ],
  };
}

/** A day of 30,000 whose carriers have few addresses, and an attacker behind one of them. */
async function crowded({ seed }) {
  const data = [];
  for (const carrierAddresses of [600, 60, 20, 6]) {
    const site = await startSite({ seed, kinds: ROUTES['with work'] });
    const tally = await play(site, newTally(), day(site.chance, 30_000, carrierAddresses));
    data.push({ name: `30,000 a day, carriers have ${carrierAddresses} addresses`, ...summaryOf(tally) });
    await site.stop();
  }
  for (const [route, kinds] of Object.entries(ROUTES)) {
    const site = await startSite({ seed, kinds });
    // Twenty wrong answers, in the first minute of the hour.
    const [address] = ATTACKERS['one address'].before.of;
    await attack(site, { addresses: { of: [address], stands: 1 }, reads: 0 });
    const arrivals = carrierHour(site.chance, { hour: 0, reads: readingOf(site.chance) });
    const tally = await play(site, newTally(), arrivals.map((one) => ({ ...one, by: address })));
    data.push({ name: `200 people beside an attacker on their address, ${route}`, ...summaryOf(tally) });
    await site.stop();
  }
  return {
    title: 'People behind busy addresses',
    text: table(
      ['', 'refused', 'see a picture', 'pictures per 100', 'wait, median ms', 'wait, 99th ms'],
      data.map((row) => [
        row.name,
        percent(row.refused, 2),
        percent(row.seeing, 1),
        small(row.picturesPerHundred),
        whole(row.medianMs),
        whole(row.slowMs),
      ]),
    ),
    data,
  };
}

/** A few counts for a test. */
async function short({ seed }) {
  const [reads, addresses] = [0.3, { of: ['203.0.113.7'], stands: 1 }];
  const data = {};
  for (const [route, kinds] of Object.entries(ROUTES)) {
    const site = await startSite({ seed, kinds });
    const tally = await play(site, newTally(), office(site.chance));
    data[route] = {
      free: await attackOf({ seed, route, addresses, reads }),
      hoarding: await attackOf({ seed, route, addresses, reads, hoards: true }),
      office: { ...summaryOf(tally), naverCalls: site.naverCalls() },
    };
    await site.stop();
  }
  return { title: 'Short', text: JSON.stringify(data, undefined, 2), data };
}

export const scenarios = { attackers, paying, people, carriers, crowded, variants, short };
