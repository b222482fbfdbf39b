// Writes the reports of what the built libraries declare: npm run api
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { apiReports } from './api-reports.mjs';

const reports = apiReports();
for (const folder of new Set(reports.map(({ path }) => dirname(path)))) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
}
for (const { path, text } of reports) writeFileSync(path, text);
