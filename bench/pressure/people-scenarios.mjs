// What people meet, as tables.
import { table, whole } from '../support/table.mjs';
import { attack, ATTACKERS } from './attackers.mjs';
import { carrierHours } from './carriers.mjs';
import { percent, small, summaryOf } from './figures.mjs';
import { carrierHour, crowd, day, newTally, office, play, readingOf } from './people.mjs';
import { ROUTES, startSite } from './site.mjs';

/** What people meet who sign up, on calm days. */
export async function people({ seed }) {
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
  const unseen = Math.min(
    ...['a day of 300', 'a day of 30,000'].map((name) => 1 - of(name, 'with work').seeing),
  );
  const large = Object.keys(ROUTES).map((route) => of('a day of 30,000', route));
  return {
    title: 'People on a calm day',
    text: table(
      [
        '',
        'route',
        'refused',
        'gave up',
        'see a picture',
        'pictures per 100',
        'wait, median ms',
        'wait, 99th ms',
        'calls',
      ],
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

/** How often the address of a carrier meets the limits. */
export async function carriers({ seed, hours }) {
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
    data,
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
export async function crowded({ seed }) {
  const data = [];
  for (const carrierAddresses of [600, 60, 20, 6]) {
    const site = await startSite({ seed, kinds: ROUTES['with work'] });
    const tally = await play(site, newTally(), day(site.chance, 30_000, carrierAddresses));
    data.push({ name: `30,000 a day, carriers have ${carrierAddresses} addresses`, ...summaryOf(tally) });
    await site.stop();
  }
  for (const [name, kinds, canPay] of [
    ['pictures', ROUTES.pictures, true],
    ['with work', ROUTES['with work'], true],
    ['old pages', ROUTES.pictures, false],
  ]) {
    const site = await startSite({ seed, kinds });
    // Wrong answers, in the first minutes of the hour, until the address gets no more pictures.
    const [address] = ATTACKERS['one address'].before.of;
    await attack(site, { addresses: { of: [address], stands: 1 }, reads: 0, minutes: 4 });
    const arrivals = carrierHour(site.chance, { hour: 0, reads: readingOf(site.chance) });
    const tally = await play(
      site,
      newTally(),
      arrivals.map((one) => ({ ...one, by: address, canPay })),
    );
    data.push({ name: `200 people beside an attacker on their address, ${name}`, ...summaryOf(tally) });
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
