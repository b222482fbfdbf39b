// Loads the package by `require` and by `import`, and prints its names and those of which there are two.
const required = require('nestjs-naver-captcha');

import('nestjs-naver-captcha').then((imported) => {
  const names = Object.keys(imported);
  const twice = names.filter((name) => imported[name] !== required[name]);
  process.stdout.write(JSON.stringify({ names, twice }));
});
