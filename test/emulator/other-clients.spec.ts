import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { headersFor, keyIn, paths } from './support/client.ts';
import { startEmulator } from './support/emulators.ts';
import { run } from './support/processes.ts';

/** Skips the test if the tool is not installed; `reason` goes into its name. */
const withTool = (tool: string): typeof it => {
  const missing = spawnSync(tool, ['--version'], { timeout: 10_000 }).status !== 0;
  return missing ? (it.skip as typeof it) : it;
};
const reason = (tool: string): string => `(needs ${tool} on this machine)`;

const calls = Object.entries(paths);

describe('other HTTP clients', () => {
  withTool('curl').each(calls)(`curl: issue, fetch and compare, %s ${reason('curl')}`, async (name, call) => {
    const emulator = await startEmulator();
    const folder = await mkdtemp(join(tmpdir(), 'emulator-'));
    const file = join(folder, 'media');
    const platform = name.startsWith('developers') ? 'developers' : 'ncloud';
    const headers = Object.entries(headersFor(platform, emulator)).flatMap(([header, value]) => [
      '-H',
      `${header}: ${value}`,
    ]);
    const curl = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await run('curl', ['-sS', '--max-time', '10', ...headers, ...args]);
      expect([code, stderr]).toEqual([0, '']);
      return stdout;
    };
    try {
      const key = keyIn(await curl(`${emulator.url}${call.issue}?code=0`));
      expect(
        await curl(
          '-o',
          file,
          '-w',
          '%{http_code} %{content_type}',
          `${emulator.url}${call.media}?key=${key}`,
        ),
      ).toMatch(name.endsWith('image') ? /^200 image\/jpeg/ : /^200 audio\/wav/);
      expect(readFileSync(file).subarray(0, 2).toString('hex')).toBe(
        name.endsWith('image') ? 'ffd8' : '5249',
      );
      const answer = ['--get', '--data-urlencode', 'code=1', '--data-urlencode', `key=${key}`];
      const value = ['--data-urlencode', `value=${emulator.answerOf(key)}`];
      expect(await curl(...answer, ...value, `${emulator.url}${call.issue}`)).toMatch(/^\{"result":true/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  const program = `
import io, json, sys, urllib.parse, urllib.request, wave
base, issue, media, headers, kind = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4]), sys.argv[5]
def call(path, **query):
    request = urllib.request.Request(base + path + '?' + urllib.parse.urlencode(query), headers=headers)
    with urllib.request.urlopen(request, timeout=10) as reply:
        return reply.read()
def answer_of(key):
    with urllib.request.urlopen(base + '/__emulator/keys/' + key, timeout=10) as reply:
        return json.load(reply)['answer']
key = json.loads(call(issue, code=0))['key']
body = call(media, key=key)
if kind == 'audio':
    with wave.open(io.BytesIO(body)) as sound:
        assert sound.getnchannels() == 1 and 3 < sound.getnframes() / sound.getframerate() < 8
else:
    assert body[:3] == b'\\xff\\xd8\\xff' and body[-2:] == b'\\xff\\xd9'
print(json.dumps(json.loads(call(issue, code=1, key=key, value=answer_of(key)))['result']))
try:
    call(issue, code=1, key=key, value='again')
except urllib.error.HTTPError as error:
    print(error.code, json.load(error)['errorCode'])
`;

  withTool('python3').each(calls)(
    `Python: issue, fetch and compare, %s ${reason('python3')}`,
    async (name, call) => {
      const emulator = await startEmulator();
      const [platform, kind] = name.split(' ') as ['developers' | 'ncloud', string];
      const headers = JSON.stringify(headersFor(platform, emulator));
      const args = ['-c', program, emulator.url, call.issue, call.media, headers, kind];
      expect(await run('python3', args)).toMatchObject({ code: 0, stdout: 'true\n403 CT001\n', stderr: '' });
    },
  );
});
