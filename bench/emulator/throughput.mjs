// Prints how fast the emulator is, and how much memory a million keys take.
//   npm run build && node bench/emulator/throughput.mjs [keys, default 1000000]
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

const built = new URL('../../libs/naver-captcha-emulator/dist/esm/', import.meta.url);
const self = fileURLToPath(import.meta.url);
const keys = Number(process.argv[2] ?? 1_000_000);

const row = (what, figure) => console.log(`${what.padEnd(46)}${figure}`);
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function timed(count, work) {
  const times = [];
  for (let i = 0; i < count + 20; i += 1) {
    const begun = performance.now();
    await work(i);
    if (i >= 20) times.push(performance.now() - begun);
  }
  return { ms: median(times), perSecond: Math.round(1000 / (times.reduce((a, b) => a + b) / count)) };
}

async function drawing() {
  const { drawPicture, PICTURE_STYLES, speakDigits } = await import('captcha-media');
  for (const style of PICTURE_STYLES) {
    let bytes = 0;
    const { ms, perSecond } = await timed(500, async (i) => {
      bytes += (await drawPicture('HJ4RUW', { style, seed: i })).length;
    });
    row(
      `picture, ${style}`,
      `median ${ms.toFixed(2)} ms, ${perSecond} a second, ${Math.round(bytes / 520)} bytes`,
    );
  }
  const { ms, perSecond } = await timed(500, (i) => speakDigits('063957', { seed: i }));
  row('WAV of six digits', `median ${ms.toFixed(2)} ms, ${perSecond} a second`);
}

/** The emulator in a process of its own, on one core where the system can say so. */
async function startChild() {
  const child = fork(self, ['child'], { stdio: 'inherit' });
  const [{ url, key, headers }] = await once(child, 'message');
  const pinned = spawnSync('taskset', ['-a', '-p', '-c', '0', String(child.pid)]).status === 0;
  return { child, url, key, headers, pinned };
}

async function serveAsChild() {
  const { startNaverCaptchaEmulator } = await import(new URL('index.js', built));
  const emulator = await startNaverCaptchaEmulator({
    seed: 1,
    dailyQuota: Infinity,
    comparisonsPerKey: Infinity,
  });
  const names = { 'X-Naver-Client-Id': emulator.clientId, 'X-Naver-Client-Secret': emulator.clientSecret };
  const get = async (path) => (await fetch(emulator.url + path, { headers: names })).text();
  const { key } = JSON.parse(await get('/v1/captcha/nkey'));
  await get(`/v1/captcha/ncaptcha.bin?key=${key}`);
  const headers = Object.entries(names).map(([name, value]) => `${name}: ${value}\r\n`);
  process.on('message', () => {
    process.send({ rss: process.memoryUsage.rss(), peak: process.resourceUsage().maxRSS * 1024 });
  });
  process.on('disconnect', () => process.exit());
  process.send({ url: emulator.url, key, headers: headers.join('') });
}

async function memoryOf(child) {
  child.send('memory?');
  const [{ rss, peak }] = await once(child, 'message');
  return { rss: Math.round(rss / 2 ** 20), peak: Math.round(peak / 2 ** 20) };
}

/** So many requests over 32 connections, `depth` of them under way on each. */
async function load({ url, headers }, path, total, depth = 1) {
  const { hostname, port } = new URL(url);
  const request = `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
  const end = Buffer.from('HTTP/1.1 200 ');
  let sent = 0;
  const begun = performance.now();
  const connection = () =>
    new Promise((resolve, reject) => {
      let waiting = 0;
      const more = (count) => {
        const now = Math.min(count, total - sent);
        sent += now;
        waiting += now;
        if (now > 0) socket.write(request.repeat(now));
      };
      const socket = connect(Number(port), hostname, () => more(depth));
      socket.on('error', reject);
      socket.on('data', (data) => {
        let answered = 0;
        for (let at = data.indexOf(end); at !== -1; at = data.indexOf(end, at + 1)) answered += 1;
        waiting -= answered;
        more(answered);
        if (waiting === 0) socket.end(resolve);
      });
    });
  await Promise.all(Array.from({ length: 32 }, connection));
  return Math.round(total / ((performance.now() - begun) / 1000));
}

async function requests() {
  const server = await startChild();
  const { child, key, pinned } = server;
  const compare = `/v1/captcha/nkey?code=1&key=${key}&value=NOPE`;
  await load(server, '/v1/captcha/nkey', 5000);
  const core = pinned ? ', on one core' : '';
  row('issue requests', `${await load(server, '/v1/captcha/nkey?code=0', 40_000)} a second${core}`);
  row('compare requests', `${await load(server, compare, 40_000)} a second${core}`);
  child.kill();
}

async function memory() {
  const server = await startChild();
  row('memory at the start', `${(await memoryOf(server.child)).rss} MiB`);
  for (let part = 1; part <= 4; part += 1) {
    await load(server, '/v1/captcha/nkey?code=0', keys / 4, 8);
    const { rss, peak } = await memoryOf(server.child);
    row(`memory after ${(keys / 4) * part} keys`, `${rss} MiB, peak ${peak} MiB`);
  }
  server.child.kill();
}

function start() {
  const program = `
    const begun = performance.now();
    const { startNaverCaptchaEmulator } = await import(${JSON.stringify(new URL('index.js', built).href)});
    const emulator = await startNaverCaptchaEmulator();
    const headers = { 'X-Naver-Client-Id': emulator.clientId, 'X-Naver-Client-Secret': emulator.clientSecret };
    await (await fetch(emulator.url + '/v1/captcha/nkey', { headers })).text();
    console.log(performance.now() - begun, performance.now());
    process.exit();`;
  const runs = Array.from({ length: 7 }, () => {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    return stdout.trim().split(' ').map(Number);
  });
  row('import, start, first answer', `median ${median(runs.map(([own]) => own)).toFixed(0)} ms`);
  row('the same with the start of Node.js', `median ${median(runs.map(([, all]) => all)).toFixed(0)} ms`);
}

if (process.argv[2] === 'child') await serveAsChild();
else {
  await drawing();
  start();
  await requests();
  await memory();
}
