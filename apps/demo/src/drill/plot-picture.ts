import sharp from 'sharp';

import { markedMinutes, ROWS, timeOf } from './plot.js';
import type { Column, Tally } from './tally.js';

const LEFT = 130;
const ROW = 74;
const PLOT = 56;
const TOP = 56;
const COLOURS: Readonly<Record<Column, string>> = {
  people: '#4a5568',
  robots: '#a0aec0',
  naver: '#03a94d',
  standby: '#2b6cb0',
  passed: '#2f855a',
  refused: '#c53030',
  calls: '#b7791f',
};

/** The drill as a PNG, one column of pixels a minute. */
export async function plotPicture(tally: Tally, from: number, title: string): Promise<Buffer> {
  const scale = Math.max(1, Math.floor(1440 / tally.minutes.length));
  const width = LEFT + tally.minutes.length * scale + 70;
  const height = TOP + ROWS.length * ROW + 30;
  const rows = ROWS.map(({ column, label }, row) =>
    rowOf(tally, { column, label, top: TOP + row * ROW, scale }),
  );
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif">` +
    `<rect width="100%" height="100%" fill="#fff"/><text x="16" y="32" font-size="18">${title}</text>` +
    `${rows.join('')}${timesOf(tally, from, scale, height)}</svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

function rowOf(
  tally: Tally,
  { column, label, top, scale }: { column: Column; label: string; top: number; scale: number },
): string {
  const most = Math.max(1, ...tally.minutes.map((minute) => minute[column]));
  const bars = tally.minutes
    .map((minute, at) => {
      const high = Math.round((minute[column] / most) * PLOT);
      return high === 0 ? '' : `M${LEFT + at * scale} ${top + PLOT}v${-high}h${scale}v${high}z`;
    })
    .join('');
  const total = tally.total(column);
  return (
    `<text x="16" y="${top + 34}" font-size="14">${label}</text>` +
    `<path d="M${LEFT} ${top + PLOT + 0.5}h${tally.minutes.length * scale}" stroke="#cbd5e0"/>` +
    `<path d="${bars}" fill="${COLOURS[column]}"/>` +
    `<text x="${LEFT + tally.minutes.length * scale + 8}" y="${top + 34}" font-size="14">${total}</text>`
  );
}

function timesOf(tally: Tally, from: number, scale: number, height: number): string {
  return markedMinutes(from, tally.minutes.length)
    .map((minute) => {
      const x = LEFT + (minute - from) * scale;
      return `<text x="${x}" y="${height - 10}" font-size="12" text-anchor="middle">${timeOf(minute)}</text>`;
    })
    .join('');
}
