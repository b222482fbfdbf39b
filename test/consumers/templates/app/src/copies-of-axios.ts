import { Session } from 'node:inspector';

/** The file that each copy has once, as CommonJS and as an ES module. */
const AXIOS = /\/axios\/(dist\/node\/axios\.cjs|lib\/axios\.js)\b/;

/** How many copies of axios this process has loaded, by `require` and by `import`, whoever asked for them. */
export function copiesOfAxios(): number {
  const copies = new Set<string>();
  const session = new Session();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params: { url } }) => {
    if (AXIOS.test(url)) copies.add(url);
  });
  // Tells at once of every script there is.
  session.post('Debugger.enable');
  session.disconnect();
  return copies.size;
}
