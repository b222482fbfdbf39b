import type { ChallengeSource } from './challenge-client.js';
export class WorkLine { static of(s: ChallengeSource): WorkLine { void s; return new WorkLine(); } during(signal: AbortSignal, f: (p: (n: number) => void) => Promise<string>): Promise<string> { void signal; return f(() => 0);} finish(): void { /**/ } }
