import passing from './passing.mjs';

/** In the order in which they run. */
export const SCENARIOS = [passing];
