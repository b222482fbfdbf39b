import { setTimeout as wait } from 'node:timers/promises';

import { Pool } from 'undici';

const pools = new Map();

/** As a page does it, over a network whose round trip takes `browserMs`. @returns how long, in milliseconds */
export async function untilPicture({ url, inline, browserMs, pauseMs }) {
  await wait(pauseMs);
  const ask = async (options) => {
    await wait(browserMs / 2);
    const { statusCode, body } = await poolOf(url).request(options);
    const bytes = Buffer.from(await body.arrayBuffer());
    if (statusCode >= 300) throw new Error(`${options.path}: ${statusCode} ${bytes}`);
    await wait(browserMs / 2);
    return bytes;
  };
  const begun = performance.now();
  const challenge = JSON.parse(
    await ask({
      method: 'POST',
      path: '/captcha',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(inline ? { media: 'inline' } : {}),
    }),
  );
  const picture = inline
    ? Buffer.from(challenge.media.data, 'base64')
    : await ask({ method: 'GET', path: `/captcha/media?${new URLSearchParams({ key: challenge.key })}` });
  const ms = performance.now() - begun;
  if (picture.readUIntBE(0, 3) !== 0xffd8ff) throw new Error('That is no picture.');
  return ms;
}

function poolOf(url) {
  if (!pools.has(url)) pools.set(url, new Pool(url));
  return pools.get(url);
}
