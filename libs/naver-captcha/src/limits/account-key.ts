/** Control characters too: databases that compare by Unicode's rules pass over them. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu;

/**
 * The same text for every spelling of an account's name: without outer spaces, upper case, compatibility forms such as
 * full-width letters, and invisible characters. Without it, each spelling that a database takes for the same account
 * gets tries of its own (`afterFailures`). A client may send anything as a name: all that is no text shares the empty name.
 */
export function accountKey(name: unknown): string {
  if (typeof name !== 'string') return '';
  // Upper case unites letters that lower case keeps apart, such as ß and ss; only lower case knows the capital ẞ.
  const folded = name.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase();
  return folded.replace(INVISIBLE, '').normalize('NFKC').trim();
}
