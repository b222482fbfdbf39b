import boot from './boot.mjs';
import burst from './burst.mjs';
import million from './million.mjs';
import passing from './passing.mjs';
import picture from './picture.mjs';
import processes from './processes.mjs';
import { expired, forged, missing, replayed } from './refusals.mjs';

/** In the order in which they run. */
export const SCENARIOS = [
  passing,
  forged,
  expired,
  replayed,
  missing,
  burst,
  picture,
  boot,
  million,
  processes,
];
