// What attackers get, as tables.
import { table, whole } from '../support/table.mjs';
import { attack, ATTACKERS } from './attackers.mjs';
import { percent, small } from './figures.mjs';
import { ROUTES, startSite } from './site.mjs';

const READS = [0.05, 0.3, 0.6, 0.9];
const CORES = [2, 8, 64];
/** As before pressure: nothing but `issueLimit`, and NAVER alone. */
const NO_PRESSURE = { free: 1e9, raisedFrom: 1e9, highFrom: 1e9, refusedFrom: 1e9 };
const BEFORE = { hasStandby: false, options: { pressure: NO_PRESSURE } };

/** One attack on an application of its own. */
export async function attackOf({ seed, route, setup = {}, ...how }) {
  const site = await startSite({ seed, kinds: ROUTES[route], ...setup });
  const gains = await attack(site, how);
  await site.stop();
  return gains;
}

/** What attackers get who do not pay: sign-ups an hour. */
export async function attackers({ seed }) {
  const data = [];
  for (const [name, { before: old, free: many }] of Object.entries(ATTACKERS))
    for (const reads of READS) {
      const before = await attackOf({ seed, route: 'pictures', setup: BEFORE, addresses: old, reads });
      const row = { name, reads, before: before.signUps };
      for (const route of Object.keys(ROUTES)) {
        const atOnce = await attackOf({ seed, route, addresses: many, reads });
        const hoarding = await attackOf({ seed, route, addresses: many, reads, hoards: true });
        row[route] = atOnce.signUps;
        row[`${route}, hoarding`] = hoarding.signUps;
        row[`${route}, core hours`] = atOnce.coreSeconds / 3600;
      }
      data.push(row);
    }
  const aimsOf = (reads, limit, text) => {
    const row = data.find((one) => one.name === 'one address' && one.reads === reads);
    const check = (column) => ({
      aim: `a ${percent(reads)} reader from one address, ${text}; ${column}, not paying`,
      figure: `${small(row[column])} an hour`,
      met: row[column] < limit,
    });
    return ['pictures', 'pictures, hoarding', 'with work', 'with work, hoarding'].map(check);
  };
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
    aims: [...aimsOf(0.3, 7.5, 'about 5 an hour'), ...aimsOf(0.6, 50, 'fewer than 50 an hour')],
  };
}

/** What attackers get who pay the dearest toll for what they are refused otherwise. */
export async function paying({ seed }) {
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
    title:
      'Attackers who pay for what is refused otherwise, route of pictures: sign-ups in an hour (core hours)',
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
