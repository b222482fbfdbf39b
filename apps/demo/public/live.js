import { OFFLINE, post, showEmulator } from './page.js';

const form = document.querySelector('form');
const captcha = document.querySelector('naver-captcha');
const log = document.querySelector('#log');
const steps = document.querySelector('#steps');
const outcome = document.querySelector('#outcome');
const forged = document.querySelector('#forged');
const link = document.querySelector('#link');

const MOST_STEPS = 200;
const KINDS = { image: '그림', audio: '음성' };
const OPERATIONS = {
  issue: () => '키 발급',
  fetch: (kind) => `${KINDS[kind]} 가져오기`,
  compare: () => '답 비교',
};
const REASONS = {
  wrong: '틀린 답',
  expired: '유효 시간이 지난 키',
  forged: '위조된 키',
  mismatch: '다른 용도의 키',
  used: '이미 쓴 키',
  unshown: '그림을 본 적이 없는 키',
  malformed: '답이 될 수 없는 글자',
};
/** The server refuses for these reasons without a call to NAVER. */
const LOCAL = ['forged', 'mismatch', 'used', 'malformed'];
const ENGINES = { naver: () => upstream, standby: () => '이 서버가 만든 문제' };
const BREAKER = { open: '열림', 'half-open': '시험 중', closed: '닫힘' };

let upstream = 'NAVER';

/** For each type of event: between which parties it happens, whether it succeeded, and the texts to show. */
const DESCRIPTIONS = {
  'upstream.call': ({ kind, operation, sent, code, durationMs }) => ({
    way: sent ? `이 서버 ⇄ ${upstream}` : '이 서버',
    lane: 'upstream',
    tone: code ? 'bad' : 'plain',
    what: OPERATIONS[operation](kind),
    detail: !sent
      ? `${upstream}에 묻지 않음 · ${code}`
      : code
        ? `실패 · ${code}`
        : `응답 ${Math.round(durationMs)} ms`,
  }),
  'challenge.issued': ({ kind, engine, action }) => ({
    way: '이 서버 → 브라우저',
    lane: 'browser',
    tone: 'plain',
    what: '봉인한 키',
    detail: [KINDS[kind], engine === 'standby' && ENGINES.standby(), action].filter(Boolean).join(' · '),
  }),
  verdict: ({ passed, reason, engine, action, durationMs }) => ({
    way: '이 서버 → 브라우저',
    lane: 'browser',
    tone: passed ? 'good' : 'bad',
    what: passed ? '통과' : `거절 · ${REASONS[reason]}`,
    detail:
      LOCAL.includes(reason) || engine === 'standby'
        ? `${upstream}에 묻지 않음 · ${Math.round(durationMs)} ms`
        : [action, `${Math.round(durationMs)} ms`].filter(Boolean).join(' · '),
  }),
  allowed: ({ code }) => ({
    way: '이 서버 → 브라우저',
    lane: 'browser',
    tone: 'bad',
    what: '확인 없이 통과',
    detail: code,
  }),
  quota: ({ kind, level, used, limit }) => ({
    way: '이 서버',
    lane: 'upstream',
    tone: 'bad',
    what: `${KINDS[kind]} 하루 한도 ${level}`,
    detail: limit ? `${used} / ${limit}` : String(used),
  }),
  engine: ({ engine, kind, reason }) => ({
    way: '이 서버',
    lane: 'upstream',
    tone: reason ? 'bad' : 'good',
    what: `${KINDS[kind]}: 이제부터 ${ENGINES[engine]()}`,
    detail: reason ?? '',
  }),
  breaker: ({ operation, state }) => ({
    way: '이 서버',
    lane: 'upstream',
    tone: state === 'open' ? 'bad' : 'plain',
    what: `차단기 ${BREAKER[state]}`,
    detail: OPERATIONS[operation]('image'),
  }),
};

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function count(id) {
  const counter = document.querySelector(id);
  counter.textContent = String(Number(counter.textContent) + 1);
}

function show(event) {
  if (!Object.hasOwn(DESCRIPTIONS, event.type)) return;
  const { way, lane, tone, what, detail } = DESCRIPTIONS[event.type](event);
  const step = element('li', `step ${lane} ${tone}`, '');
  const time = element('time', '', new Date(event.at).toLocaleTimeString('en-GB'));
  time.dateTime = new Date(event.at).toISOString();
  const head = element('p', 'way', '');
  head.append(element('span', '', way), time);
  step.append(head, element('p', 'what', what), element('p', 'detail', detail));
  const wasAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  steps.append(step);
  if (steps.children.length > MOST_STEPS) steps.firstElementChild.remove();
  document.querySelector('#empty').hidden = true;
  if (wasAtEnd) log.scrollTop = log.scrollHeight;
  if (event.type === 'upstream.call' && event.sent) count('#calls');
  if (event.type === 'verdict') count(event.passed ? '#passed' : '#refused');
}

function clear() {
  steps.replaceChildren();
  for (const id of ['#calls', '#passed', '#refused']) document.querySelector(id).textContent = '0';
  document.querySelector('#empty').hidden = false;
}

function listen() {
  const source = new EventSource('/live/events');
  source.addEventListener('open', () => {
    link.textContent = '연결됨';
    // The server repeats its latest events after every connection.
    clear();
  });
  source.addEventListener('message', ({ data }) => show(JSON.parse(data)));
  source.addEventListener('error', () => {
    link.textContent = source.readyState === EventSource.CLOSED ? '연결할 수 없음' : '다시 연결하는 중';
  });
}

function tell(place, tone, text) {
  place.className = `outcome ${tone}`;
  place.textContent = text;
}

async function send(answer, place) {
  try {
    return await post('/live/try', answer);
  } catch {
    tell(place, 'bad', OFFLINE);
    return undefined;
  }
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  tell(outcome, '', '');
  if (!captcha.checkValidity()) {
    if (captcha.key && !captcha.value) captcha.reportRejection('CAPTCHA_MISSING');
    captcha.focus();
    return;
  }
  const sent = await send(Object.fromEntries(new FormData(form)), outcome);
  if (!sent) return;
  if (sent.reply.ok) {
    const { responseTimeSeconds } = sent.body;
    tell(
      outcome,
      'good',
      responseTimeSeconds ? `통과했습니다. ${responseTimeSeconds}초 만에 푸셨네요.` : '통과했습니다.',
    );
    form.reset();
  } else {
    captcha.reportRejection(sent.body.code);
  }
});

document.querySelector('#forge').addEventListener('click', async () => {
  const sent = await send({ captchaKey: 'A'.repeat(91), captchaValue: 'ABCDE' }, forged);
  if (sent) tell(forged, '', `거절되었습니다: ${sent.body.code}`);
});
document.querySelector('#clear').addEventListener('click', clear);

const emulator = await showEmulator();
if (emulator) upstream = '에뮬레이터';
for (const name of document.querySelectorAll('.upstream-name')) name.textContent = upstream;
listen();
