// Stands for NAVER, Google and Cloudflare: answers every call at once, or after a fixed time, with as little work as can be.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

import { SOME_KEY } from '../application/contestants/answers.mjs';
import { answer, setup } from '../support/ipc.mjs';

let { latencyMs = 0 } = setup();
let sockets = 0;
let open = 0;
let peak = 0;
let calls = {};
// Two providers never issue the same key: a Redis that outlives one remembers its used ones.
const series = randomBytes(4).toString('hex');
let issued = 0;

const PICTURE = Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), randomBytes(5000)]);
const JSON_TYPE = 'application/json;charset=UTF-8';
const RIGHT = '{"result":true,"responseTime":8.15}';
const SUCCESS =
  '{"success":true,"challenge_ts":"2026-01-01T00:00:00Z","hostname":"localhost","error-codes":[]}';
const FAILURE = '{"success":false,"error-codes":["invalid-input-response"]}';

const server = createServer((request, response) => {
  const { method, url } = request;
  let body = '';
  request.setEncoding('latin1').on('data', (text) => {
    body += text;
  });
  request.on('end', () => {
    const [what, type, reply] = method === 'GET' ? naver(url) : siteverify(body);
    calls[what] = (calls[what] ?? 0) + 1;
    const send = () => {
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(reply) });
      response.end(reply);
    };
    if (latencyMs === 0) send();
    else setTimeout(send, latencyMs);
  });
});

function naver(url) {
  if (url.startsWith('/v1/captcha/ncaptcha.bin')) return ['media', 'image/jpeg;charset=UTF-8', PICTURE];
  if (url.includes('code=1')) return ['compare', JSON_TYPE, RIGHT];
  issued += 1;
  return ['issue', 'text/plain;charset=UTF-8', `{"key":"${series}${issued.toString(36).padStart(8, '0')}"}`];
}

function siteverify(body) {
  return ['siteverify', JSON_TYPE, body.includes(SOME_KEY) ? SUCCESS : FAILURE];
}

server.keepAliveTimeout = 0;
server.on('connection', (socket) => {
  sockets += 1;
  open += 1;
  peak = Math.max(peak, open);
  socket.once('close', () => {
    open -= 1;
  });
});
server.listen(0, '127.0.0.1', () => {
  answer({
    url: () => `http://127.0.0.1:${server.address().port}`,
    latency: (ms) => {
      latencyMs = ms;
    },
    counts: () => ({ sockets, open, peak, calls }),
    reset: () => {
      calls = {};
      sockets = 0;
      peak = open;
    },
  });
});
