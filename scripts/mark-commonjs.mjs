// The packages are "type": "module"; this tells Node and TypeScript that dist/cjs is not.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';

for (const name of readdirSync('libs')) {
  const folder = `libs/${name}/dist/cjs`;
  if (existsSync(folder)) writeFileSync(`${folder}/package.json`, '{ "type": "commonjs" }\n');
}
