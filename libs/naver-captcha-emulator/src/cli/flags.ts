/** How the text of a flag or variable becomes the value of an option. */
type Reading = 'text' | 'number' | 'span' | 'list' | 'switch';

interface Flag {
  /** `client-id` for the flag `--client-id`, the variable NAVER_CAPTCHA_EMULATOR_CLIENT_ID and the option `clientId`. */
  readonly name: string;
  readonly reads: Reading;
  readonly placeholder: string;
  readonly help: string;
}

/** The options that can be set outside of code. */
export const flags: readonly Flag[] = [
  {
    name: 'port',
    reads: 'number',
    placeholder: 'PORT',
    help: 'port to listen on; 0 takes a free one (4010)',
  },
  {
    name: 'host',
    reads: 'text',
    placeholder: 'ADDRESS',
    help: 'address to listen on; warns if not loopback (127.0.0.1)',
  },
  {
    name: 'allowed-hosts',
    reads: 'list',
    placeholder: 'LIST',
    help: 'names that reach the page, beside localhost (none)',
  },
  {
    name: 'client-id',
    reads: 'text',
    placeholder: 'ID',
    help: 'id that callers must send (emulator-client-id)',
  },
  {
    name: 'client-secret',
    reads: 'text',
    placeholder: 'SECRET',
    help: 'secret that callers must send (emulator-client-secret)',
  },
  {
    name: 'seed',
    reads: 'text',
    placeholder: 'SEED',
    help: 'same seed and calls give the same keys and media (random)',
  },
  { name: 'lang', reads: 'text', placeholder: 'ko|en', help: 'language of the spoken digits (ko)' },
  {
    name: 'style',
    reads: 'text',
    placeholder: 'NAME',
    help: 'mixed, photo, flow or plain pictures (mixed)',
  },
  {
    name: 'kinds',
    reads: 'list',
    placeholder: 'LIST',
    help: 'CAPTCHA APIs ticked for the application (image,audio)',
  },
  {
    name: 'key-ttl-ms',
    reads: 'number',
    placeholder: 'MS',
    help: 'milliseconds until a key expires (10800000)',
  },
  {
    name: 'comparisons-per-key',
    reads: 'number',
    placeholder: 'N',
    help: 'comparisons until a key is invalid, or infinity (1)',
  },
  { name: 'case-sensitive', reads: 'switch', placeholder: '', help: 'whether abc is wrong for ABC (no)' },
  {
    name: 'wrong-answer-status',
    reads: 'number',
    placeholder: '200|403',
    help: 'HTTP status of a wrong answer (200)',
  },
  {
    name: 'response-time-type',
    reads: 'text',
    placeholder: 'TYPE',
    help: 'responseTime as number or string (number)',
  },
  {
    name: 'audio-response-time',
    reads: 'switch',
    placeholder: '',
    help: 'whether audio comparisons return responseTime (no)',
  },
  {
    name: 'answer-length',
    reads: 'span',
    placeholder: 'N|N-M',
    help: 'characters in a picture, 1 to 8 (5-7)',
  },
  {
    name: 'audio-answer-length',
    reads: 'span',
    placeholder: 'N|N-M',
    help: 'digits in a sound, 1 to 10 (6)',
  },
  {
    name: 'daily-quota',
    reads: 'number',
    placeholder: 'N',
    help: 'calls per day and kind on developers, or infinity (1000)',
  },
  {
    name: 'ncloud-daily-quota',
    reads: 'number',
    placeholder: 'N',
    help: 'the same on ncloud (infinity)',
  },
  {
    name: 'ncloud-fetch-needs-credentials',
    reads: 'switch',
    placeholder: '',
    help: 'whether fetching on ncloud needs id and secret (no)',
  },
  {
    name: 'rate-limit-per-second',
    reads: 'number',
    placeholder: 'N',
    help: 'calls per second before a 429 (infinity)',
  },
  { name: 'max-keys', reads: 'number', placeholder: 'N', help: 'keys kept (100000)' },
  { name: 'max-requests', reads: 'number', placeholder: 'N', help: 'requests kept (1000)' },
];

export const variableOf = (name: string): string =>
  `NAVER_CAPTCHA_EMULATOR_${name.toUpperCase().replaceAll('-', '_')}`;

export const optionOf = (name: string): string =>
  name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** A text that cannot be read is returned as it is: the check of the options refuses it together with other problems. */
export function readValue(text: string, reads: Reading): unknown {
  switch (reads) {
    case 'text':
      return text;
    case 'number':
      return readNumber(text);
    case 'list':
      return text.split(',').map((entry) => entry.trim());
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
