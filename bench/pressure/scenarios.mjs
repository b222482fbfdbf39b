import { attackers, attackOf, paying } from './attack-scenarios.mjs';
import { summaryOf } from './figures.mjs';
import { carriers, crowded, people } from './people-scenarios.mjs';
import { newTally, office, play } from './people.mjs';
import { ROUTES, startSite } from './site.mjs';
import { variants } from './variants.mjs';

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
