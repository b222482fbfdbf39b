// What other numbers would do. The library has some of them as options; others are played here on the attacker's side.
import { table } from '../support/table.mjs';
import { attackerSeconds } from './prices.mjs';
import { attack, ATTACKERS } from './attackers.mjs';
import { startSite } from './site.mjs';

const PICTURES = ['image', 'audio'];
const READS = [0.3, 0.6];

async function signUpsOf({ seed, options, ...how }) {
  const site = await startSite({ seed, kinds: PICTURES, options });
  const { signUps } = await attack(site, how);
  await site.stop();
  return signUps;
}

export async function variants({ seed }) {
  const { free, paying } = ATTACKERS['one address'];
  const data = [];
  const add = async (name, how) => {
    const row = { name };
    for (const reads of READS) row[reads] = await signUpsOf({ seed, reads, addresses: free, ...how });
    data.push(row);
  };
  for (const refusedFrom of [18, 15, 12, 9]) {
    const options = { pressure: { raisedFrom: 6, highFrom: Math.min(12, refusedFrom), refusedFrom } };
    await add(`refusedFrom ${refusedFrom}, not paying`, { options });
    await add(`refusedFrom ${refusedFrom}, hoarding`, { options, hoards: true });
  }
  await add('pays with 2 cores', { addresses: paying, pays: true });
  // What changes while it is paid for is played to the end of the hour.
  const wholeHour = { pays: true, settledMinute: Infinity };
  await add('pays, issueLimit holds payers too (pace: false)', { ...wholeHour, options: { pace: false } });
  for (const cores of [2, 64])
    for (const step of [1, 2, 4])
      await add(`pays with ${cores} cores, the price doubles with every ${step} paid`, {
        ...wholeHour,
        cores,
        priceOf: (paid, toll) => attackerSeconds(toll) * 2 ** Math.floor((paid - 1) / step),
      });
  return {
    title: 'Other numbers, one address, route of pictures: sign-ups in an hour',
    text: table(
      ['', ...READS.map((reads) => `reads ${100 * reads} %`)],
      data.map((row) => [row.name, ...READS.map((reads) => row[reads].toFixed(1))]),
    ),
    data,
  };
}
