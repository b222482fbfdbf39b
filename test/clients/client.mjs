// Sends a form that a captcha protects, without a browser. Node.js 20.19 or later, no packages.
//   node client.mjs https://example.com/captcha signup https://example.com/signup '{"name":"Kim"}'
import { createHash, pbkdf2 } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { argv, exit, stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { promisify } from 'node:util';

const MOST_TRIES = 3;
const derive = promisify(pbkdf2);

/** The value that answers a puzzle: 32 hexadecimal digits. */
async function solve({ parts, counters }) {
  const halves = [];
  for (const { parameters } of parts) halves.push(await solvePart(parameters, counters));
  const all = Buffer.concat(halves);
  if (halves.length === 1) return all.toString('hex');
  return createHash('sha256').update(all).digest('hex').slice(0, 32);
}

/** The second half of the derived key whose first half is `keyPrefix`. */
async function solvePart({ cost, keyPrefix, nonce, salt }, counters) {
  const password = Buffer.concat([Buffer.from(nonce, 'hex'), Buffer.alloc(4)]);
  for (let counter = 0; counter < counters; counter += 1) {
    password.writeUInt32BE(counter, password.length - 4);
    const key = await derive(password, Buffer.from(salt, 'hex'), cost, 32, 'sha256');
    if (key.toString('hex', 0, 16) === keyPrefix) return key.subarray(16);
  }
  throw new Error('No counter solves the puzzle.');
}

async function post(url, body) {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': 'en' },
    body: JSON.stringify(body),
  });
  return { ok: reply.ok, body: await reply.json().catch(() => ({})) };
}

/** Requests a challenge, and pays a toll if the server asks for one. */
async function requestChallenge(captchaUrl, action) {
  let toll = true;
  for (let tries = 1; ; tries += 1) {
    const { ok, body } = await post(captchaUrl, { kind: 'image', action, work: true, toll });
    if (ok) return body;
    if (body.code !== 'CAPTCHA_WORK_REQUIRED' || tries === MOST_TRIES) throw refusal(body);
    console.log(`Paying a toll of level ${body.level}`);
    toll = { key: body.key, value: await solve(body.puzzle) };
  }
}

/** Solves work by itself, and asks the person at the terminal to read a picture. */
async function answer(captchaUrl, { key, kind, puzzle }) {
  console.log(`Answering a challenge of the kind ${kind}`);
  if (kind === 'work') return solve(puzzle);
  const media = await fetch(`${captchaUrl}/media?${new URLSearchParams({ key })}`);
  if (!media.ok) throw refusal(await media.json());
  await writeFile('captcha.jpg', Buffer.from(await media.arrayBuffer()));
  const terminal = createInterface({ input: stdin, output: stdout });
  const typed = await terminal.question('What does captcha.jpg show?\n');
  terminal.close();
  return typed.trim();
}

/** Sends the form. A refused answer gets a new challenge, because its key may be used up. */
async function send(captchaUrl, action, formUrl, form) {
  for (let tries = 1; ; tries += 1) {
    const challenge = await requestChallenge(captchaUrl, action);
    const captchaValue = await answer(captchaUrl, challenge);
    const { ok, body } = await post(formUrl, { ...form, captchaKey: challenge.key, captchaValue });
    if (ok) return;
    // 400: the form again with another answer. Other codes need time, or a developer.
    const isAnswer = body.statusCode === 400 && body.code?.startsWith('CAPTCHA_');
    if (!isAnswer || tries === MOST_TRIES) throw refusal(body);
    console.log(`${body.code}: ${body.message}`);
  }
}

function refusal({ code, message, retryAfterSeconds }) {
  const later = retryAfterSeconds === undefined ? '' : ` Try again in ${retryAfterSeconds} s.`;
  return new Error(`${code ?? 'No code'}: ${message}${later}`);
}

const [, , captchaUrl, action, formUrl, form] = argv;
try {
  await send(captchaUrl, action, formUrl, JSON.parse(form));
  console.log('Sent');
} catch (error) {
  console.log(error.message);
  exit(1);
}
