import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { EmulatorFault, EmulatorFaultName } from 'naver-captcha-emulator';
import { startEmulator } from './support/emulators.ts';

const home = 'libs/naver-captcha-emulator';
const english = readFileSync(`${home}/README.md`, 'utf8');
const korean = readFileSync(`${home}/README.ko.md`, 'utf8');

/** The cells of each row of the table under a heading, without code marks. */
function table(readme: string, heading: string): string[][] {
  const section = readme.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

describe.each([
  ['README.md', english, 'Options', 'Faults'],
  ['README.ko.md', korean, '옵션', '장애 재현'],
])('%s', (_, readme, options, faults) => {
  it('lists every option with the default its docstring states', () => {
    const source = readFileSync(`${home}/src/options/options.ts`, 'utf8');
    const stated = [...source.matchAll(/@default ([^*]*?)\s*\*\/\s+readonly (\w+)\?/g)].map(
      ([, value = '', name = '']) => [name, value.split(',')[0]],
    );
    expect(stated.length).toBe([...source.matchAll(/readonly \w+\?:/g)].length);
    const listed = table(readme, options).map(([name = '', value = '']) => [name, value]);
    expect(listed.map(([name]) => name).sort()).toEqual(stated.map(([name]) => name).sort());
    // The README states these in words, or with another default for the command.
    const inWords = ['port', 'seed', 'clock', 'kinds', 'answerLength', 'onRequest'];
    for (const [name = '', value = ''] of stated) {
      if (!inWords.includes(name))
        expect([name, listed.find(([other]) => other === name)?.[1]]).toEqual([name, value]);
    }
  });

  it('lists every fault of the emulator', async () => {
    const emulator = await startEmulator();
    const [, ...listed] = table(readme, faults).map(([name]) => name as EmulatorFaultName);
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
});

describe('both languages show the same', () => {
  const BLOCK = /^```\w+\n.*?^```$/gms;
  /** Comments are in the reader's language. */
  const withoutComments = (block: string): string => block.replaceAll(/ *(\/\/|#) [^\n]*/g, '');

  it('examples', () => {
    const examples = (readme: string): string[] => (readme.match(BLOCK) ?? []).map(withoutComments);
    expect(examples(korean)).toEqual(examples(english));
  });

  it('names, values, paths and links in code', () => {
    const codes = (readme: string): string[] => {
      const prose = readme.replaceAll(BLOCK, '');
      return [
        ...new Set([...prose.matchAll(/`[^`]+`|\]\((?!#|README)[^)]+\)/g)].map(([code]) => code)),
      ].sort();
    };
    expect(codes(korean)).toEqual(codes(english));
  });

  it('sections', () => {
    const levels = (readme: string): string[] =>
      [...readme.replaceAll(BLOCK, '').matchAll(/^(#+) /gm)].map(([, level = '']) => level);
    expect(levels(korean)).toEqual(levels(english));
  });
});
