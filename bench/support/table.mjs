/** A Markdown table, its first column to the left and all others to the right. */
export function table(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

export const whole = (value) => Math.round(value).toLocaleString('en-US');
export const figure = (value, digits = 0) => value.toFixed(digits);
export const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(0);

/** The median, and between what the middle half of the rounds lies. */
export function spreadOf({ median, quartiles: [low, high] }, digits = 0) {
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

export function contestTable(rows) {
  return table(
    ['', 'CPU µs a request', 'added', 'requests a second', 'p50 ms', 'p99 ms', 'calls', 'sockets', 'peak MB'],
    rows.map((row, i) => [
      row.label,
      spreadOf(row.cpuUs),
      i === 0 ? '' : spreadOf(row.addedUs),
      spreadOf(row.rps),
      spreadOf(row.p50Ms, 1),
      spreadOf(row.p99Ms, 1),
      row.callsPerRequest.toFixed(2),
      String(row.sockets),
      megabytes(row.peakRss),
    ]),
  );
}

/** One line of what is to be compared; `aim` is a sentence, and `met` whether the median does it. */
export function ratioLine(text, value, aim, met) {
  const verdict = aim === undefined ? '' : ` — aim: ${aim}: ${met(value.median) ? 'met' : 'missed'}`;
  return `- ${text}: ${spreadOf(value, 2)}${verdict}`;
}
