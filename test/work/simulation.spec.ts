import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, it } from '@jest/globals';

const PROGRAM = fileURLToPath(new URL('../../bench/pressure/simulate.mjs', import.meta.url));

interface Gains {
  readonly signUps: number;
  readonly pictures: number;
  readonly works: number;
  readonly refused: number;
}

interface Played {
  /** A 30 % reader at one address, in an hour. */
  readonly free: Gains;
  readonly hoarding: Gains;
  /** 60 people behind one address within ten minutes. */
  readonly office: {
    readonly passed: number;
    readonly refused: number;
    readonly seeing: number;
    readonly naverCalls: number;
  };
}

async function simulate(): Promise<Readonly<Record<'pictures' | 'with work', Played>>> {
  // What NAVER_CAPTCHA_* say on this machine is not what is simulated.
  const { PATH = '' } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, '--scenario', 'short', '--json'], {
    env: { PATH },
  });
  return (JSON.parse(stdout) as { short: Readonly<Record<'pictures' | 'with work', Played>> }).short;
}

describe('the simulation of an hour', () => {
  let played: Awaited<ReturnType<typeof simulate>>;

  beforeAll(async () => {
    played = await simulate();
  });

  it('leaves a 30 % reader that does not pay a few sign-ups', () => {
    expect(played.pictures.free).toMatchObject({ signUps: 9, pictures: 20, works: 0, refused: 60 });
  });

  it('gives it 20 more where the route takes work', () => {
    expect(played['with work'].free).toMatchObject({ signUps: 22, pictures: 12, works: 20, refused: 60 });
  });

  it('refuses the answers to most of the pictures that it has hoarded', () => {
    expect(played.pictures.hoarding).toMatchObject({ signUps: 10, pictures: 110 });
  });

  it('lets everyone of an office in', () => {
    expect(played.pictures.office).toMatchObject({ passed: 60, refused: 0, seeing: 1, naverCalls: 140 });
  });

  it('shows the first 20 of an office no picture where the route takes work', () => {
    expect(played['with work'].office).toMatchObject({
      passed: 60,
      refused: 0,
      seeing: 40 / 60,
      naverCalls: 92,
    });
  });
});
