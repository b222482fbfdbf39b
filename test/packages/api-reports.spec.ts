import { readdirSync, readFileSync } from 'node:fs';

import { expect, it } from '@jest/globals';

import { apiReports } from '../../scripts/api-reports.mjs';

it('the libraries declare what the reports say; where a change is meant, run `npm run api` and commit them', () => {
  const committed = readdirSync('libs').flatMap((library) =>
    readdirSync(`libs/${library}/api`).map((name) => `libs/${library}/api/${name}`),
  );
  const reports = apiReports().map(({ path, text }) => [path, text]);

  expect(Object.fromEntries(reports)).toEqual(
    Object.fromEntries(committed.map((path) => [path, readFileSync(path, 'utf8')])),
  );
});
