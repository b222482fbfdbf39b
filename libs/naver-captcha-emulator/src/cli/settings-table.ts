/** How the text of a flag or a variable becomes the value of an option. */
type Reading = 'text' | 'number' | 'span' | 'list' | 'switch';

interface Setting {
  /** As in `--client-id`; NAVER_CAPTCHA_EMULATOR_CLIENT_ID and the option `clientId` go with it. */
  readonly flag: string;
  readonly reads: Reading;
  readonly placeholder: string;
  readonly help: string;
}

/** The options that make sense outside of code, as flags and variables. */
export const settingsTable: readonly Setting[] = [
  {
    flag: 'port',
    reads: 'number',
    placeholder: 'PORT',
    help: 'port to listen on; 0 takes a free one (4010)',
  },
  {
    flag: 'host',
    reads: 'text',
    placeholder: 'ADDRESS',
    help: 'address to listen on; others than loopback warn (127.0.0.1)',
  },
  {
    flag: 'client-id',
    reads: 'text',
    placeholder: 'ID',
    help: 'id that callers must send (emulator-client-id)',
  },
  {
    flag: 'client-secret',
    reads: 'text',
    placeholder: 'SECRET',
    help: 'secret that callers must send (emulator-client-secret)',
  },
  {
    flag: 'seed',
    reads: 'text',
    placeholder: 'SEED',
    help: 'same seed and same calls: same keys, answers, media (random)',
  },
  { flag: 'lang', reads: 'text', placeholder: 'ko|en', help: 'language of the spoken digits (ko)' },
  {
    flag: 'style',
    reads: 'text',
    placeholder: 'NAME',
    help: 'mixed, stripes, outline or plain pictures (mixed)',
  },
  {
    flag: 'kinds',
    reads: 'list',
    placeholder: 'LIST',
    help: 'CAPTCHA APIs ticked for the application (image,audio)',
  },
  {
    flag: 'key-ttl-ms',
    reads: 'number',
    placeholder: 'MS',
    help: 'milliseconds until a key expires (10800000)',
  },
  {
    flag: 'comparisons-per-key',
    reads: 'number',
    placeholder: 'N',
    help: 'comparisons a key bears, or infinity (1)',
  },
  { flag: 'case-sensitive', reads: 'switch', placeholder: '', help: 'whether abc is wrong for ABC (no)' },
  {
    flag: 'wrong-answer-status',
    reads: 'number',
    placeholder: '200|403',
    help: 'HTTP status of a wrong answer (200)',
  },
  {
    flag: 'response-time-type',
    reads: 'text',
    placeholder: 'TYPE',
    help: 'responseTime as number or string (number)',
  },
  {
    flag: 'audio-response-time',
    reads: 'switch',
    placeholder: '',
    help: 'whether audio comparisons tell responseTime (no)',
  },
  {
    flag: 'answer-length',
    reads: 'span',
    placeholder: 'N|N-M',
    help: 'characters in a picture, 1 to 8 (5-7)',
  },
  {
    flag: 'audio-answer-length',
    reads: 'span',
    placeholder: 'N|N-M',
    help: 'digits in a sound, 1 to 10 (6)',
  },
  {
    flag: 'daily-quota',
    reads: 'number',
    placeholder: 'N',
    help: 'calls a day and kind on developers, or infinity (1000)',
  },
  {
    flag: 'ncloud-daily-quota',
    reads: 'number',
    placeholder: 'N',
    help: 'the same on ncloud (infinity)',
  },
  {
    flag: 'rate-limit-per-second',
    reads: 'number',
    placeholder: 'N',
    help: 'calls a second before a 429 (infinity)',
  },
  { flag: 'max-keys', reads: 'number', placeholder: 'N', help: 'keys remembered (100000)' },
  { flag: 'max-requests', reads: 'number', placeholder: 'N', help: 'requests remembered (1000)' },
];

export const variableOf = (flag: string): string =>
  `NAVER_CAPTCHA_EMULATOR_${flag.toUpperCase().replaceAll('-', '_')}`;

export const optionOf = (flag: string): string =>
  flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** What cannot be read stays text, and is refused with every other problem when the options are checked. */
export function readValue(text: string, reads: Reading): unknown {
  switch (reads) {
    case 'text':
      return text;
    case 'number':
      return readNumber(text);
    case 'list':
      return text.split(',').map((one) => one.trim());
    case 'switch':
      return { true: true, false: false }[text] ?? text;
    case 'span': {
      const ends = text.split('-').map(readNumber);
      return ends.length === 1 ? ends[0] : ends;
    }
  }
}

function readNumber(text: string): number | string {
  if (text.toLowerCase() === 'infinity') return Infinity;
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
