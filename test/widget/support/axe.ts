import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const OPTIONS: RunOptions = {
  runOnly: {
    type: 'tag',
    values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  },
  rules: { 'target-size': { enabled: true }, 'color-contrast': { enabled: true } },
};

/** Lists what axe-core finds or cannot decide, a line each. Fails if a named rule found nothing to check. */
export async function findBarriers(
  page: Page,
  checked: readonly string[] = ['color-contrast', 'target-size', 'label'],
): Promise<string[]> {
  await page.evaluate(source);
  const { violations, incomplete, passes } = await page.evaluate(
    (options) =>
      (window as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(options),
    OPTIONS,
  );
  for (const rule of checked) {
    if (!passes.some(({ id }) => id === rule)) throw new Error(`axe did not check ${rule}.`);
  }
  return [...violations, ...incomplete].flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html} ${node.any.map(({ message }) => message).join('; ')}`),
  );
}
