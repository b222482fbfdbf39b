/** How many letters of the answer are in the text, in their order: the longest common subsequence. */
export function lettersRead(answer, text) {
  let lengths = new Array(text.length + 1).fill(0);
  for (const letter of answer) {
    const next = [0];
    for (let i = 0; i < text.length; i += 1)
      next.push(letter === text[i] ? lengths[i] + 1 : Math.max(next[i], lengths[i + 1]));
    lengths = next;
  }
  return lengths.at(-1);
}
