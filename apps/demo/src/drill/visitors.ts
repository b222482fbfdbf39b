import { answerOf } from 'nestjs-naver-captcha/testing';

import type { Chance } from './chance.js';
import type { DrillClock } from './drill-clock.js';
import type { Site } from './site.js';
import type { Tally } from './tally.js';
import type { Timeline } from './timeline.js';

/** How often a person reads a picture wrong. */
const MISREAD = 0.05;
/** A person who is refused asks for so many pictures in all. */
const PICTURES_A_PERSON = 4;
/** How long a person looks at a picture and types, in milliseconds. */
const READING_MS = [4000, 25_000] as const;

interface World {
  readonly site: Site;
  readonly clock: DrillClock;
  readonly timeline: Timeline;
  readonly tally: Tally;
  readonly chance: Chance;
  /** The engine of the challenge that was made last. */
  readonly lastEngine: () => 'naver' | 'standby';
}

interface Reply {
  readonly status: number;
  readonly code: string;
  readonly key: string;
}

/** People who sign up, and robots that only ask for challenges. */
export class Visitors {
  constructor(private readonly world: World) {}

  /** A person comes, reads a picture and signs up; with another picture if that was read wrong or refused. */
  async person(address = this.world.chance.address(), picturesLeft = PICTURES_A_PERSON): Promise<void> {
    const { chance, clock, site, tally, timeline } = this.world;
    tally.count('people');
    const asked = await this.#post('/captcha', { action: 'signup' }, address);
    if (asked.status !== 201) {
      tally.told(asked.code);
      return;
    }
    tally.count(this.world.lastEngine());
    const picture = await fetch(
      `${site.url}/captcha/media?${new URLSearchParams({ key: asked.key }).toString()}`,
    );
    await picture.arrayBuffer();
    const isMisread = chance.next() < MISREAD;
    timeline.at(clock.now() + chance.between(...READING_MS), async () => {
      const value = isMisread ? 'WRONG' : await this.#read(asked.key);
      const answered = await this.#signUp(asked.key, value, address);
      if (answered.status === 303) {
        tally.count('passed');
        return;
      }
      tally.told(answered.code);
      if (picturesLeft > 1) await this.person(address, picturesLeft - 1);
      else if (!isMisread) tally.count('refused');
    });
  }

  /** A robot asks for a challenge and leaves it. */
  async robot(address: string): Promise<void> {
    this.world.tally.count('robots');
    await this.#post('/captcha', { action: 'signup' }, address);
  }

  async #read(key: string): Promise<string> {
    const { app, emulator } = this.world.site;
    return answerOf(app, key, (naverKey) => emulator.answerOf(naverKey));
  }

  #signUp(captchaKey: string, captchaValue: string, address: string): Promise<Reply> {
    const body = { name: '김보라', email: 'bora@example.com', password: 'correct horse' };
    return this.#post('/signup', { ...body, captchaKey, captchaValue }, address);
  }

  async #post(path: string, body: object, address: string): Promise<Reply> {
    const reply = await fetch(this.world.site.url + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify(body),
    });
    const answer: unknown = await reply.json().catch(() => undefined);
    return { status: reply.status, code: textOf(answer, 'code'), key: textOf(answer, 'key') };
  }
}

/** A text of a JSON reply; empty if it has none, as a redirect has no JSON. */
function textOf(reply: unknown, name: string): string {
  const value: unknown = typeof reply === 'object' && reply !== null ? Reflect.get(reply, name) : undefined;
  return typeof value === 'string' ? value : '';
}
