import { UseGuards } from '@nestjs/common';
import { CappedMap, createChallenge, solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/sha';
import { AltchaGuard, AltchaModule } from 'altcha-lib/frameworks/nestjs';

import { oneBody } from './answers.mjs';

const SECRETS = { hmacSignatureSecret: 'bench-secret', hmacKeySignatureSecret: 'bench-key-secret' };
const COUNTER = 5000;

/**
 * Proof of work, verified here: nobody is asked. Keys are signed, which is the cheaper of the peer's two ways, and one in
 * which the verification does not depend on the work that was asked for.
 */
export default {
  build: () => ({
    imports: [
      AltchaModule.register({ ...SECRETS, deriveKey, store: new CappedMap({ maxSize: 10_000_000 }) }),
    ],
    protect: [UseGuards(AltchaGuard)],
  }),
  async bodies(app, { kind, count }) {
    if (kind === 'missing') return oneBody(app, { kind });
    const bodies = [];
    for (let i = 0; i < (kind === 'forged' ? 1 : count); i += 1) {
      const challenge = await createChallenge({
        ...SECRETS,
        ...(kind === 'forged' ? { hmacSignatureSecret: 'somebody-else' } : {}),
        deriveKey,
        algorithm: 'SHA-256',
        cost: 1,
        counter: COUNTER,
      });
      const solution = await solveChallenge({ challenge, deriveKey, counterStart: COUNTER });
      bodies.push(JSON.stringify({ altcha: btoa(JSON.stringify({ challenge, solution })) }));
    }
    return bodies;
  },
};
