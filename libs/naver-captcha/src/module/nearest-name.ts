/** The name that was most likely meant. Returns undefined if all of them differ too much. */
export function nearestName<T extends string>(given: string, names: readonly T[]): T | undefined {
  let nearest: T | undefined;
  let fewest = Math.max(3, given.length / 2);
  for (const name of names) {
    const edits = editDistance(given, name);
    if (edits >= fewest) continue;
    fewest = edits;
    nearest = name;
  }
  return nearest;
}

/** Levenshtein's distance: how many characters must be added, removed or replaced to get from one text to the other. */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of Buffer.from(from).entries()) {
    const current = [row + 1];
    for (const [column, other] of Buffer.from(to).entries()) {
      const replaced = (above[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    above = current;
  }
  return above[to.length] ?? 0;
}
