import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import type { NaverCaptchaModuleOptions, RequireCaptchaOptions } from 'nestjs-naver-captcha';

import { startRoutes } from '../routes/support/routes.ts';
import type { RunningApp } from '../support/app.ts';
import { readableStandby } from '../support/standby.ts';
import { signupController } from '../support/signup.ts';
import { type Puzzle, solvePuzzle } from '../support/work.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const CLIENTS = [
  { name: 'client.mjs', command: process.execPath, run: describe },
  hasPython
    ? { name: 'client.py', command: 'python3', run: describe }
    : { name: 'client.py (skipped: there is no python3 on PATH)', command: '', run: describe.skip },
];

const PAGES = ['docs/apps-and-other-clients.md', 'docs/apps-and-other-clients.ko.md'];

let emulator: NaverCaptchaEmulator;
let folder: string;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 7 });
  folder = await mkdtemp(join(tmpdir(), 'captcha-client-'));
});

afterEach(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

function start(require: RequireCaptchaOptions, options: NaverCaptchaModuleOptions = {}): Promise<RunningApp> {
  return startRoutes(emulator, 'express', {
    options: {
      engines: ['standby'],
      standby: readableStandby(),
      signingSecret: 's'.repeat(32),
      ...options,
    },
    controllers: [signupController(require)],
  });
}

for (const { name, command, run } of CLIENTS) {
  const [file = ''] = name.split(' ');

  /** Runs the client as its first lines say; where it asks what a picture shows, it gets the next of the answers. */
  const sendForm = async ({ url }: RunningApp, ...readers: ((text: string) => string)[]): Promise<Sent> => {
    const client = spawn(
      command,
      [resolve('test/clients', file), `${url}/captcha`, 'signup', `${url}/signup`, '{"name":"Kim"}'],
      { cwd: folder, env: { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' } },
    );
    let output = '';
    const ended = once(client, 'close');
    client.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    for await (const text of client.stdout.setEncoding('utf8') as AsyncIterable<string>) {
      output += text;
      if (text.includes('captcha.jpg')) client.stdin.write(`${readers.shift()?.(await shown()) ?? ''}\n`);
    }
    const [code] = (await ended) as [number];
    return { code, lines: output.trimEnd().split(/\r?\n/) };
  };

  run(name, () => {
    it('signs up by work, without a question', async () => {
      await using app = await start({ action: 'signup', kinds: ['work', 'image'] });

      expect(await sendForm(app)).toEqual({
        code: 0,
        lines: ['Answering a challenge of the kind work', 'Sent'],
      });
    });

    it('pays a toll, and signs up with what the person reads in the picture', async () => {
      await using app = await start({ action: 'signup' }, { pressure: { raise: () => 'raised' } });

      expect(await sendForm(app, asShown)).toEqual({
        code: 0,
        lines: [
          'Paying a toll of level 1',
          'Answering a challenge of the kind image',
          'What does captcha.jpg show?',
          'Sent',
        ],
      });
    });

    it('gets another picture after a wrong answer', async () => {
      await using app = await start({ action: 'signup' });
      const { code, lines } = await sendForm(app, () => 'WRONG', asShown);

      expect({ code, last: lines.at(-1) }).toEqual({ code: 0, last: 'Sent' });
      expect(lines).toContainEqual(expect.stringMatching(/^CAPTCHA_WRONG: /));
    });

    it('says when to come back if the server gives no challenge', async () => {
      await using app = await start({ action: 'signup' }, { refusedNetworks: ['127.0.0.0/8'] });
      const { code, lines } = await sendForm(app);

      expect(code).toBe(1);
      expect(lines).toEqual([expect.stringMatching(/^CAPTCHA_TOO_MANY: .* Try again in 3600 s\.$/)]);
    });
  });

  it.each(PAGES)(`${file} stands in %s as it is tested`, async (page) => {
    const language = file.endsWith('.py') ? 'python' : 'js';
    const shownCode = `\`\`\`${language}\n${await readFile(join('test/clients', file), 'utf8')}\`\`\`\n`;

    expect((await readFile(page, 'utf8')).includes(shownCode)).toBe(true);
  });
}

it.each(PAGES)('the puzzle in %s has the value that stands beside it', async (page) => {
  const text = await readFile(page, 'utf8');
  const [, json = ''] = /```json\n([^`]*"value"[^`]*)```/.exec(text.slice(text.indexOf('PBKDF2'))) ?? [];
  const { puzzle, value } = JSON.parse(json) as { puzzle: Puzzle; value: string };

  expect(await solvePuzzle(puzzle)).toBe(value);
  expect(text).toContain(`\`${await solvePuzzle({ ...puzzle, parts: puzzle.parts.slice(0, 1) })}\``);
});

interface Sent {
  readonly code: number;
  /** What the client wrote. */
  readonly lines: readonly string[];
}

/** What the picture that the client saved shows. */
async function shown(): Promise<string> {
  const [text = ''] = (await readFile(join(folder, 'captcha.jpg'), 'latin1')).split(' ');
  return text;
}

const asShown = (text: string): string => text;
