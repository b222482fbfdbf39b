import { settingsTable, variableOf } from './settings-table.js';

const row = (left: string, right: string): string => `  ${left.padEnd(34)}${right}`;

export const help = `Usage: naver-captcha-emulator [options]

Answers like NAVER's CAPTCHA API, for development and tests: no account, no internet, no quota.
Open its address in a browser to see keys, pictures, sounds and answers. Never put it on a public network.

Options (default):
${settingsTable
  .map(({ flag, placeholder, help: text }) =>
    row(`--${flag}${placeholder === '' ? '' : ` ${placeholder}`}`, text),
  )
  .join('\n')}
${row('--quiet', 'no log line for each request')}
${row('--help', 'this text')}

Every option is read from the environment too, --client-id from ${variableOf('client-id')} and so on;
--case-sensitive and --audio-response-time from "true" or "false". What the command line says wins.

Log lines are JSON, one a line. SIGTERM and SIGINT end it.
`;
