import type * as Solver from './solver.js';

/**
 * Loads the solver when the first puzzle comes. A bundler makes a file of its own of it; the script that the routes serve
 * loads `{src}/solver.js` instead.
 */
export const loadSolver: (src: string) => Promise<typeof Solver> = () => import('./solver.js');
