import type { Column, Tally } from './tally.js';

/** What is shown, in this order. */
export const ROWS: readonly { readonly column: Column; readonly label: string }[] = [
  { column: 'people', label: 'people asked' },
  { column: 'robots', label: 'robots asked' },
  { column: 'naver', label: 'from NAVER' },
  { column: 'standby', label: 'from standby' },
  { column: 'passed', label: 'passed' },
  { column: 'refused', label: 'right, refused' },
  { column: 'calls', label: 'calls spent' },
];

const BARS = ' ▁▂▃▄▅▆▇█';
const WIDTH = 72;

/** The drill as lines of small bars for a terminal, each row by its own scale. */
export function plot(tally: Tally, from: number): string {
  const perBar = Math.max(1, Math.ceil(tally.minutes.length / WIDTH));
  const lines = ROWS.map(({ column, label }) => {
    const sums: number[] = [];
    for (let at = 0; at < tally.minutes.length; at += perBar) sums.push(tally.total(column, at, at + perBar));
    const most = Math.max(1, ...sums);
    const bars = sums.map((sum) => BARS[Math.ceil((sum / most) * (BARS.length - 1))]).join('');
    return `${label.padEnd(15)}${bars.padEnd(WIDTH)} ${tally.total(column)}`;
  });
  const hours = hourMarks(from, tally.minutes.length, perBar);
  return [...lines, `${' '.repeat(15)}${hours}`].join('\n');
}

/** The time of day below the bars, every few hours. */
function hourMarks(from: number, minutes: number, perBar: number): string {
  let line = '';
  for (const minute of markedMinutes(from, minutes)) {
    const at = Math.floor((minute - from) / perBar);
    if (at <= WIDTH) line = line.padEnd(at) + timeOf(minute);
  }
  return line;
}

/** The minutes of the day that an axis names: every three hours of a long drill, every half hour of a short one. */
export function markedMinutes(from: number, minutes: number): number[] {
  const every = minutes > 600 ? 180 : 30;
  const first = Math.ceil(from / every) * every;
  const count = Math.max(0, Math.floor((from + minutes - first) / every) + 1);
  return Array.from({ length: count }, (_, index) => first + index * every);
}

/** `14:05` for the minute 845 of a day. */
export function timeOf(minute: number): string {
  const two = (number: number): string => String(Math.floor(number)).padStart(2, '0');
  return `${two(minute / 60)}:${two(minute % 60)}`;
}
