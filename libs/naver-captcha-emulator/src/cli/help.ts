import { flags, variableOf } from './flags.js';

const row = (left: string, right: string): string => `  ${left.padEnd(34)}${right}`;

export const help = `Usage: naver-captcha-emulator [options]

Starts a server that answers like NAVER's CAPTCHA API, for development and tests. It needs no account and no internet.
Open its address in a browser to see keys, pictures, sounds and answers. Do not run it on a public network.

Options (default):
${flags
  .map(({ name, placeholder, help: text }) =>
    row(`--${name}${placeholder === '' ? '' : ` ${placeholder}`}`, text),
  )
  .join('\n')}
${row('--quiet', 'write no log line for each request')}
${row('--help', 'show this text')}

Each option can also be set in the environment, for example --client-id as ${variableOf('client-id')};
options without a value, such as --case-sensitive, as "true" or "false". The command line takes precedence.

Each log line is one JSON object. SIGTERM and SIGINT end the emulator.
`;
