import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import type { EmulatorFault, EmulatorFaultName } from 'naver-captcha-emulator';
import { startEmulator } from './support/emulators.ts';

const home = 'libs/naver-captcha-emulator';
const readme = readFileSync(`${home}/README.md`, 'utf8');

/** The cells of each row of the table under a heading, without code marks. */
function table(heading: string): string[][] {
  const section = readme.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

it('lists every option with the default its docstring states', () => {
  const source = readFileSync(`${home}/src/options/options.ts`, 'utf8');
  const stated = [...source.matchAll(/@default ([^*]*?)\s*\*\/\s+readonly (\w+)\?/g)].map(
    ([, value = '', name = '']) => [name, value.split(',')[0]],
  );
  expect(stated.length).toBe([...source.matchAll(/readonly \w+\?:/g)].length);
  const listed = table('Options').map(([name = '', value = '']) => [name, value]);
  expect(listed.map(([name]) => name).sort()).toEqual(stated.map(([name]) => name).sort());
  // The README states these in words, or with another default for the command.
  const inWords = ['port', 'seed', 'clock', 'kinds', 'answerLength'];
  for (const [name = '', value = ''] of stated) {
    if (!inWords.includes(name))
      expect([name, listed.find(([other]) => other === name)?.[1]]).toEqual([name, value]);
  }
});

it('lists every fault of the emulator', async () => {
  const emulator = await startEmulator();
  const [, ...listed] = table('Faults').map(([name]) => name as EmulatorFaultName);
  expect(listed).toHaveLength(22);
  for (const fault of listed) {
    const needed =
      fault === 'latency' ? { latencyMs: 1 } : fault === 'reply' ? { status: 200, body: '' } : {};
    emulator.failNext({ fault, ...needed } as EmulatorFault);
  }
  const refused = (): void => {
    emulator.failNext({ fault: 'no such fault' } as unknown as EmulatorFault);
  };
  for (const fault of listed) expect(refused).toThrow(fault);
});
