import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { NaverCaptchaEmulator, NaverCaptchaEmulatorOptions } from 'naver-captcha-emulator';
import { get, issue, ManualClock, paths, shown, type CallPaths } from './support/client.ts';
import { startEmulator } from './support/emulators.ts';

interface Row {
  readonly name: string;
  readonly request: { readonly path: string; readonly headers: Readonly<Record<string, string>> };
  readonly reply: {
    readonly status: number;
    readonly contentType?: string;
    readonly transferEncoding?: string;
    readonly body?: string;
    readonly bodyHas?: Readonly<Record<string, unknown>>;
    readonly bodyKind?: 'jpeg' | 'wav';
  };
}

interface Stage {
  readonly emulator: NaverCaptchaEmulator;
  readonly clock: ManualClock;
  readonly call: CallPaths;
}

/** What a test does before the call of a row of the fixtures. */
interface Scenario {
  readonly options?: NaverCaptchaEmulatorOptions;
  /** Returns the real key to send for the one in the fixture. */
  readonly arrange?: (stage: Stage) => Promise<string | undefined>;
  /** Whether the answer in the fixture is meant to be right. */
  readonly right?: boolean;
}

const fetched = ({ emulator, call }: Stage) => shown(emulator, call);
const unfetched = ({ emulator, call }: Stage) => issue(emulator, call);
const answeredAfter =
  (seconds: number) =>
  async (stage: Stage): Promise<string> => {
    const key = await fetched(stage);
    stage.clock.advance(seconds * 1000);
    return key;
  };

const scenarios: Readonly<Record<string, Scenario>> = {
  'developers-image issue': {},
  'developers-image fetch': { arrange: unfetched },
  'developers-image compare-right': { arrange: answeredAfter(84.6), right: true },
  'developers-image compare-wrong': { arrange: answeredAfter(15.36) },
  'developers-image compare-wrong-as-403': {
    options: { wrongAnswerStatus: 403 },
    arrange: answeredAfter(15.36),
  },
  'developers-image compare-slow': { arrange: answeredAfter(7200.01), right: true },
  'developers-image compare-time-as-string': {
    options: { responseTimeType: 'string' },
    arrange: answeredAfter(84.6),
    right: true,
  },
  'developers-image invalid-key': {},
  'developers-image unissued-image': { arrange: unfetched },
  'developers-image system-error': {
    arrange: async ({ emulator }) => {
      emulator.failNext({ fault: 'system-error' });
      return undefined;
    },
  },
  'developers-image bad-credentials': {},
  'developers-image api-not-ticked': { options: { kinds: ['audio'] } },
  'developers-image quota-used-up': {
    arrange: async ({ emulator }) => {
      for (let i = 0; i < 1000; i += 1) await issue(emulator);
      return undefined;
    },
  },
  'developers-image too-fast': {
    options: { rateLimitPerSecond: 1 },
    arrange: async ({ emulator }) => {
      await issue(emulator);
      return undefined;
    },
  },
  'developers-audio issue': {},
  'developers-audio fetch': { arrange: unfetched },
  'developers-audio compare-right': { arrange: fetched, right: true },
  'developers-audio unissued-audio': { arrange: unfetched },
  'ncloud issue-image': {},
  'ncloud fetch-image': { arrange: unfetched },
  'ncloud fetch-image-credentials-in-query': { arrange: unfetched },
  'ncloud compare-image': { arrange: answeredAfter(22.9), right: true },
  'ncloud issue-audio': {},
  'ncloud fetch-audio': { arrange: unfetched },
  'ncloud invalid-key': {},
  'ncloud bad-credentials': {},
  'ncloud permission-denied': {
    arrange: async ({ emulator }) => {
      emulator.failNext({ fault: 'permission-denied', platform: 'ncloud' });
      return undefined;
    },
  },
  'ncloud quota-exceeded': {
    options: { ncloudDailyQuota: 1 },
    arrange: async ({ emulator, call }) => {
      await issue(emulator, call);
      return undefined;
    },
  },
  'ncloud rate-limited': {
    options: { rateLimitPerSecond: 1 },
    arrange: async ({ emulator, call }) => {
      await issue(emulator, call);
      return undefined;
    },
  },
  'ncloud endpoint-timeout': {
    arrange: async ({ emulator }) => {
      emulator.failNext({ fault: 'gateway-504' });
      return undefined;
    },
  },
};

const readRows = (file: string): Row[] =>
  JSON.parse(readFileSync(new URL(`../fixtures/naver/${file}.json`, import.meta.url), 'utf8')) as Row[];

const callOf = (path: string): CallPaths => {
  const [bare = ''] = path.split('?');
  const found = Object.values<CallPaths>(paths).find(({ issue: one, media }) => [one, media].includes(bare));
  if (found === undefined) throw new Error(`No call of NAVER's: ${path}`);
  return found;
};

const dig = (body: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], body);

const keyPattern = /^[A-Za-z0-9]{16}$/;

describe.each(['developers-image', 'developers-audio', 'ncloud'])('the fixtures of %s', (file) => {
  it.each(readRows(file).map((row) => [row.name, row] as const))(
    '%s',
    async (name, { request, reply }) => {
      const scenario = scenarios[`${file} ${name}`];
      if (scenario === undefined) throw new Error(`The fixture ${file} ${name} has no scenario here`);
      const clock = new ManualClock();
      const emulator = await startEmulator({
        clientId: 'id-of-test',
        clientSecret: 'secret-of-test',
        ...scenario.options,
        clock,
      });
      const key = await scenario.arrange?.({ emulator, clock, call: callOf(request.path) });

      const fill = (text: string): string =>
        text.replaceAll('{clientId}', emulator.clientId).replaceAll('{clientSecret}', emulator.clientSecret);
      const target = new URL(fill(request.path), emulator.url);
      if (key !== undefined) target.searchParams.set('key', key);
      if (key !== undefined && scenario.right === true)
        target.searchParams.set('value', emulator.answerOf(key));
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([header, value]) => [header, fill(value)]),
      );
      const got = await get(emulator, target.pathname + target.search, headers);

      expect(got.status).toBe(reply.status);
      expect(got.headers.get('cache-control')).toBe('no-store');
      if (reply.contentType !== undefined) expect(got.contentType).toBe(reply.contentType);
      if (reply.transferEncoding !== undefined) {
        expect(got.headers.get('transfer-encoding')).toBe(reply.transferEncoding);
        expect(got.headers.get('content-length')).toBeNull();
      }
      if (reply.body !== undefined) {
        const issued = /^\{"key":"([^"]*)"\}$/.exec(reply.body)?.[1];
        if (issued === undefined) {
          expect(got.text).toBe(reply.body);
        } else {
          const fresh = emulator.keys[0]?.key ?? '';
          expect(issued).toMatch(keyPattern);
          expect(fresh).toMatch(keyPattern);
          expect(got.text).toBe(reply.body.replace(issued, fresh));
        }
      }
      for (const [path, value] of Object.entries(reply.bodyHas ?? {})) {
        expect(dig(JSON.parse(got.text), path)).toBe(value);
      }
      if (reply.bodyKind === 'jpeg') expect(got.bytes.subarray(0, 3).toString('hex')).toBe('ffd8ff');
      if (reply.bodyKind === 'wav') expect(got.bytes.toString('latin1', 0, 12)).toMatch(/^RIFF....WAVE$/s);
      // One row makes a thousand calls.
    },
    120_000,
  );
});

it('gives an invalid key a reply of 66 bytes, like the one printed in the guide of NAVER', async () => {
  const emulator = await startEmulator();
  const { headers } = await get(emulator, '/v1/captcha/nkey?code=1&key=nosuchkey0000000&value=A');
  expect(headers.get('content-length')).toBe('66');
});
