import { expect, it } from '@jest/globals';

import { playDay } from '../../apps/demo/dist/drill/day.js';
import { plot } from '../../apps/demo/dist/drill/plot.js';
import { plotPicture } from '../../apps/demo/dist/drill/plot-picture.js';
import { SCENARIOS } from '../../apps/demo/dist/drill/scenarios.js';

/** The minutes around what happens, and more people in them than in the whole drill. */
const SHORT: Readonly<Record<string, { readonly from: number; readonly to: number }>> = {
  outage: { from: 13 * 60 + 40, to: 15 * 60 + 20 },
  flood: { from: 8 * 60 + 50, to: 9 * 60 + 30 },
  dry: { from: 11 * 60 + 40, to: 12 * 60 + 40 },
};

it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
  'the form never closes: %s',
  async (name, scenario) => {
    const range = { ...(SHORT[name] ?? { from: 0, to: 60 }), seed: 'test' };
    const tally = await playDay({ ...scenario, peopleAMinute: 1.5 }, range);

    expect(tally.total('passed')).toBeGreaterThan(30);
    expect(tally.total('refused')).toBe(0);
    expect(tally.total('naver')).toBeGreaterThan(0);
    expect(tally.total('standby')).toBeGreaterThan(0);
    expect(tally.total('naver') + tally.total('standby')).toBe(tally.total('people'));
    expect(tally.codes.get('CAPTCHA_QUOTA_EXCEEDED')).toBeUndefined();
  },
  120_000,
);

it('spends no more of the day in a flood than the time of day allows', async () => {
  const flood = SCENARIOS.find(({ name }) => name === 'flood');
  if (flood === undefined) throw new Error('There is no flood.');
  const tally = await playDay(flood, { from: 9 * 60, to: 9 * 60 + 30, seed: 'test' });

  // From 00:00 to 09:30, and a quarter ahead.
  expect(tally.total('calls')).toBeLessThanOrEqual(Math.floor(1000 * (0.25 + 9.5 / 24)));
  expect(tally.total('robots')).toBe(90 * 30);
}, 120_000);

it('is drawn for the terminal and as a picture', async () => {
  const [outage] = SCENARIOS;
  if (outage === undefined) throw new Error('There is no scenario.');
  const tally = await playDay(outage, { from: 0, to: 30, seed: 'test' });

  expect(plot(tally, 0)).toMatch(/^people asked +[ ▁-█]+ \d+$/m);
  const picture = await plotPicture(tally, 0, outage.title);
  expect(picture.subarray(1, 4).toString('latin1')).toBe('PNG');
});
