import { oneBody } from './answers.mjs';

/** What everything is measured against: the same handler with nothing in front. */
export default {
  build: () => ({}),
  bodies: oneBody,
};
