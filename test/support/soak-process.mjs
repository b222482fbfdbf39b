// A process that only verifies, and reports the results. Run it with --expose-gc:
//   soak-process.mjs <url of NAVER> <verifications> <how many of them warm it up>
import 'reflect-metadata';

import { Test } from '@nestjs/testing';
import {
  CAPTCHA_CLOCK,
  CAPTCHA_EVENTS,
  NaverCaptchaClient,
  NaverCaptchaModule,
  NaverCaptchaService,
} from 'nestjs-naver-captcha';

const [baseUrl, verifications, warmUp] = process.argv.slice(2);
/** More than there are sockets, so that calls wait for one. */
const AT_ONCE = 100;
/** The answer decides how the replaced NAVER client replies. One in ten goes wrong; outages never come five in a row. */
const TYPED = ['FAULT', 'RESET', 'WRONG', 'PAGES'].flatMap((wrong) => [...Array(9).fill('RIGHT'), wrong]);

const complaints = [];
for (const event of ['unhandledRejection', 'uncaughtException', 'warning']) {
  process.on(event, (what) => complaints.push(`${event}: ${String(what)}`));
}

// Ten milliseconds pass with each verification, so that keys expire, and their records with them.
let verified = 0;
const clock = { now: () => Date.UTC(2026, 10, 23) + verified * 10 };
const app = await Test.createTestingModule({
  imports: [
    NaverCaptchaModule.forRoot({
      clientId: 'soak',
      clientSecret: 'soak-secret',
      baseUrl,
      keyTtlMs: 10_000,
      dailyQuota: 100_000_000,
      // The machine may be busy: its slowness is not what this is about.
      timeoutMs: 60_000,
    }),
  ],
})
  .overrideProvider(CAPTCHA_CLOCK)
  .useValue(clock)
  .compile();
await app.init();
const captcha = app.get(NaverCaptchaService);
app.get(CAPTCHA_EVENTS).subscribe((event) => {
  if (event.type === 'breaker') complaints.push(`breaker: ${event.state}`);
});
// Comparing is what this is about: NAVER's keys are made up here, and sealed as ever.
let issued = 0;
app.get(NaverCaptchaClient).issueKey = async () => String((issued += 1)).padStart(16, '0');

const outcomes = {};
let next = 0;
async function verifyUntil(end) {
  while (next < end) {
    const value = TYPED[next % TYPED.length];
    next += 1;
    const { key } = await captcha.createChallenge();
    const outcome = await captcha.verify({ key, value }).then(
      (verdict) => (verdict.passed ? 'passed' : verdict.reason),
      (error) => `${error.code}, ${error.origin}`,
    );
    verified += 1;
    outcomes[value] ??= {};
    outcomes[value][outcome] = (outcomes[value][outcome] ?? 0) + 1;
  }
}

/** The bytes of the heap in use once so many are verified and nothing is under way. */
async function heapAfter(end) {
  await Promise.all(Array.from({ length: AT_ONCE }, () => verifyUntil(end)));
  for (let time = 0; time < 4; time += 1) {
    await new Promise(setImmediate);
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

const heapBefore = await heapAfter(Number(warmUp));
const grownBytes = (await heapAfter(Number(verifications))) - heapBefore;
await app.close();
process.stdout.write(JSON.stringify({ outcomes, complaints, grownBytes }));
