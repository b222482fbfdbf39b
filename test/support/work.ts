import { createHash } from 'node:crypto';

import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';

import { type CreateChallengeOptions, NaverCaptchaService } from 'nestjs-naver-captcha';

import { type JsonReply, postJson, type RunningApp } from './app.ts';

export interface Puzzle {
  readonly parts: readonly { readonly parameters: PartParameters }[];
  readonly counters: number;
}

type PartParameters = Parameters<typeof solveChallenge>[0]['challenge']['parameters'];

export interface WorkReply {
  readonly key: string;
  readonly kind: string;
  readonly expiresInSeconds: number;
  readonly puzzle: Puzzle;
}

export interface TollReply extends WorkReply {
  readonly code: string;
  readonly level: number;
}

/** Solves a puzzle with ALTCHA's own solver, and makes of it what the page sends. */
export async function solvePuzzle({ parts }: Puzzle): Promise<string> {
  const halves: Buffer[] = [];
  for (const { parameters } of parts) {
    const solution = await solveChallenge({ challenge: { parameters }, deriveKey });
    if (solution === null) throw new Error('The puzzle has no solution.');
    halves.push(Buffer.from(solution.derivedKey, 'hex').subarray(16));
  }
  const all = Buffer.concat(halves);
  return (halves.length === 1 ? all : createHash('sha256').update(all).digest().subarray(0, 16)).toString(
    'hex',
  );
}

/** Asks the routes for a challenge from an address. */
export function askFrom({ url }: RunningApp, by: string, body: object): Promise<JsonReply> {
  return postJson(`${url}/captcha`, body, { 'x-forwarded-for': by });
}

/** So many challenges of an address, none of which has a price yet. */
export async function askOften(
  app: RunningApp,
  by: string,
  times: number,
  options: CreateChallengeOptions = {},
): Promise<void> {
  const service = app.get(NaverCaptchaService);
  await Promise.all(Array.from({ length: times }, () => service.createChallenge({ by, ...options })));
}

/** The toll that is asked for. */
export async function tollFor(app: RunningApp, by: string, body: object = {}): Promise<TollReply> {
  const reply = await askFrom(app, by, { toll: true, ...body });
  if (reply.status !== 428) throw new Error(`POST /captcha: ${reply.status}, and no toll`);
  return reply.body as TollReply;
}

/** The same request with its toll paid. */
export async function pay(
  app: RunningApp,
  by: string,
  toll: TollReply,
  body: object = {},
): Promise<JsonReply> {
  const { key } = toll;
  return askFrom(app, by, { ...body, toll: { key, value: await solvePuzzle(toll.puzzle) } });
}
