/* global document, EventSource */
'use strict';

// The page of the emulator. It shows the events of /__emulator/events and sets faults through /__emulator/faults.
// Text from requests never becomes markup: the page sets it as textContent.

const texts = {
  ko: {
    title: 'NAVER CAPTCHA 에뮬레이터',
    subtitle: 'NAVER처럼 응답하는 개발·테스트용 서버입니다. 답이 모두 표시되므로 외부에 공개하지 마십시오.',
    skip: '키 목록 바로가기',
    other: 'English',
    otherLang: 'en',
    reset: '모두 초기화',
    linked: '실시간 연결됨',
    unlinked: '연결이 끊겨 다시 연결하는 중',
    keys: '키',
    noKeys: '아직 발급된 키가 없습니다. 애플리케이션이 키를 요청하면 바로 여기에 표시됩니다.',
    faults: '장애 재현',
    call: '호출',
    kind: '종류',
    platform: '플랫폼',
    often: '적용 방식',
    number: 'n 값',
    latency: '지연(ms)',
    faultHint: '위에서 고른 호출에만 적용됩니다. 스위치를 켜면 설정되고, 끄거나 횟수를 다 채우면 해제됩니다.',
    log: '요청 기록',
    noRequests: '아직 요청이 없습니다.',
    time: '시각',
    request: '요청',
    status: '상태',
    took: '소요 시간',
    any: '전체',
    issue: '키 발급',
    fetch: '가져오기',
    compare: '답 비교',
    image: '이미지',
    audio: '음성',
    next: '다음 n회',
    every: 'n회마다',
    share: 'n% 확률',
    copy: '답 복사',
    copied: '복사했습니다',
    noReply: '응답 없음',
    newKey: (kind, answer) => `새 ${kind} 키, 답 ${answer}`,
    picture: (answer) => `캡차 이미지, 답 ${answer}`,
    sound: (answer) => `캡차 음성, 답 ${answer}`,
    age: (seconds) =>
      seconds < 60
        ? `${seconds}초 전`
        : seconds < 3600
          ? `${Math.floor(seconds / 60)}분 전`
          : `${Math.floor(seconds / 3600)}시간 전`,
    states: { issued: '발급됨', fetched: '조회됨', right: '정답', wrong: '오답', expired: '만료됨' },
    faultNames: {
      'system-error': 'NAVER 시스템 오류 (500 CT500)',
      unauthorized: '인증 실패 (401)',
      'not-ticked': '사용 API 미선택',
      'permission-denied': '권한 없음',
      quota: '일일 한도 초과 (429)',
      'rate-limit': '속도 제한 초과 (429)',
      'gateway-503': '게이트웨이 503',
      'gateway-504': '게이트웨이 504',
      latency: '응답 지연',
      silence: '무응답',
      'reset-before-headers': '헤더 전송 전 연결 끊김',
      'reset-after-headers': '헤더 전송 후 연결 끊김',
      truncated: '본문 잘림',
      html: 'HTML 응답 (200)',
      empty: '빈 본문',
      'wrong-content-type': '잘못된 Content-Type',
      'odd-key': '형식이 다른 키',
      redirect: '리디렉션',
      oversized: '지나치게 큰 본문',
      drip: '1바이트씩 끝없이 전송',
      'wrong-result-type': '문자열로 온 result',
    },
    problems: {
      'not-encoded':
        '매개변수가 퍼센트 인코딩되지 않았습니다. encodeURIComponent, URLEncoder.encode, rawurlencode 등으로 인코딩하십시오.',
      tls: '평문 HTTP 서버에 TLS로 접속했습니다. 주소를 http://로 시작하십시오.',
      'headers-too-long': '요청 줄과 헤더를 합친 길이가 16KiB를 넘습니다.',
      malformed: 'HTTP 요청 형식이 아닙니다.',
    },
  },
  en: {
    title: 'NAVER CAPTCHA emulator',
    subtitle:
      'Answers like NAVER, for development and tests. It shows every answer: do not run it on a public network.',
    skip: 'Skip to the keys',
    other: '한국어',
    otherLang: 'ko',
    reset: 'Clear everything',
    linked: 'Live',
    unlinked: 'Connection lost, trying again',
    keys: 'Keys',
    noKeys: 'No key yet. A key appears here as soon as your application asks for it.',
    faults: 'Faults',
    call: 'Call',
    kind: 'Kind',
    platform: 'Platform',
    often: 'How often',
    number: 'n',
    latency: 'Latency (ms)',
    faultHint:
      'Faults hit only the calls chosen above. Switch a fault on to set it; it is removed when switched off or used up.',
    log: 'Requests',
    noRequests: 'No request yet.',
    time: 'Time',
    request: 'Request',
    status: 'Status',
    took: 'Took',
    any: 'any',
    issue: 'issue',
    fetch: 'fetch',
    compare: 'compare',
    image: 'image',
    audio: 'audio',
    next: 'next n calls',
    every: 'every nth call',
    share: 'n %',
    copy: 'Copy answer',
    copied: 'Copied',
    noReply: 'no reply',
    newKey: (kind, answer) => `New ${kind} key, answer ${answer}`,
    picture: (answer) => `Captcha picture, answer ${answer}`,
    sound: (answer) => `Captcha sound, answer ${answer}`,
    age: (seconds) =>
      seconds < 60
        ? `${seconds} s ago`
        : seconds < 3600
          ? `${Math.floor(seconds / 60)} min ago`
          : `${Math.floor(seconds / 3600)} h ago`,
    states: { issued: 'issued', fetched: 'fetched', right: 'right', wrong: 'wrong', expired: 'expired' },
    faultNames: {
      'system-error': "NAVER's own error (500 CT500)",
      unauthorized: 'Unauthorized (401)',
      'not-ticked': 'API not ticked',
      'permission-denied': 'Permission denied',
      quota: 'Daily quota used up (429)',
      'rate-limit': 'Too fast (429)',
      'gateway-503': 'Gateway 503',
      'gateway-504': 'Gateway 504',
      latency: 'Latency',
      silence: 'Silence (no reply)',
      'reset-before-headers': 'Reset before headers',
      'reset-after-headers': 'Reset after headers',
      truncated: 'Truncated body',
      html: 'HTML with 200',
      empty: 'Empty body',
      'wrong-content-type': 'Wrong content type',
      'odd-key': 'Odd key',
      redirect: 'Redirect',
      oversized: 'Oversized body',
      drip: 'Byte by byte, without end',
      'wrong-result-type': 'result as text',
    },
    problems: {
      'not-encoded':
        'Not encoded: percent-encode each parameter (encodeURIComponent, URLEncoder.encode, rawurlencode).',
      tls: 'TLS to a server of plain HTTP: begin the base URL with http://.',
      'headers-too-long': 'Request line and headers are longer than 16 KiB.',
      malformed: 'Not a valid HTTP request.',
    },
  },
};

const mostKeys = 50;
const mostRequests = 100;

const byId = (id) => document.getElementById(id);
const order = byId('order');

let language = firstLanguage();
/** Emulator time minus browser time: ages and expiry use the emulator's clock, which a test may have set. */
let clockOffset = 0;
let keys = new Map();
let requests = new Map();
let armed = [];

const say = (name) => texts[language][name];

function firstLanguage() {
  try {
    const kept = localStorage.getItem('language');
    if (kept === 'ko' || kept === 'en') return kept;
  } catch {
    // Storage may be disabled; then the language is not kept.
  }
  return navigator.language.startsWith('ko') ? 'ko' : 'en';
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const now = () => Date.now() + clockOffset;

const stateOf = (key) =>
  (key.state === 'issued' || key.state === 'fetched') && now() >= key.expiresAt ? 'expired' : key.state;

// --- keys

function keyCard(key) {
  const item = element('li', { className: 'key' });
  item.dataset.key = key.key;
  const source = `/__emulator/media/${key.key}`;
  const media =
    key.kind === 'image'
      ? element('img', { src: source, width: 300, height: 100 })
      : element('audio', { src: source, controls: true, preload: 'none' });
  media.className = 'media';
  const copy = element('button', { type: 'button', className: 'copy' });
  copy.addEventListener('click', () => {
    navigator.clipboard?.writeText(key.answer).then(() => announce(say('copied')));
  });
  item.append(
    media,
    element(
      'div',
      {},
      element(
        'div',
        { className: 'answer' },
        element('strong', { textContent: key.answer }),
        element('span', { className: 'badge' }),
        copy,
      ),
      element('p', { className: 'facts' }),
    ),
  );
  return item;
}

function fillCard(item, key) {
  const state = stateOf(key);
  const badge = item.querySelector('.badge');
  badge.className = `badge ${state}`;
  setText(badge, say('states')[state]);
  const media = item.querySelector('.media');
  if (key.kind === 'image') media.alt = say('picture')(key.answer);
  else media.setAttribute('aria-label', say('sound')(key.answer));
  const copy = item.querySelector('.copy');
  setText(copy, say('copy'));
  copy.setAttribute('aria-label', `${say('copy')}: ${key.answer}`);
  const seconds = Math.max(0, Math.floor((now() - key.issuedAt) / 1000));
  setText(
    item.querySelector('.facts'),
    [say(key.kind), key.platform, say('age')(seconds), key.key].join(' · '),
  );
}

/** Writes only a changed text, because a screen reader reads a text again when it is written. */
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function showKey(key) {
  const known = keys.has(key.key);
  keys.set(key.key, key);
  const list = byId('keys');
  let item = known ? list.querySelector(`[data-key="${key.key}"]`) : null;
  if (item === null) {
    item = keyCard(key);
    list.prepend(item);
  }
  fillCard(item, key);
  while (list.children.length > mostKeys) {
    keys.delete(list.lastElementChild.dataset.key);
    list.lastElementChild.remove();
  }
  countKeys();
  return !known;
}

function countKeys() {
  byId('no-keys').hidden = keys.size > 0;
  byId('key-count').textContent = keys.size === 0 ? '' : `${keys.size}${keys.size === mostKeys ? '+' : ''}`;
}

// --- requests

function requestRow(request) {
  const { status } = request;
  const cell = (text, className = '') => element('td', { textContent: text, className });
  const what = cell(`${request.method} ${request.path}`);
  const notes = [request.platform, request.kind && say(request.kind), request.call && say(request.call)];
  if (request.fault !== undefined) notes.push(`⚡ ${say('faultNames')[request.fault] ?? request.fault}`);
  if (request.problem !== undefined) notes.push(say('problems')[request.problem]);
  const note = notes.filter(Boolean).join(' · ');
  if (note !== '') what.append(element('small', { textContent: note }));
  const row = element(
    'tr',
    {},
    cell(new Date(request.at).toLocaleTimeString('en-GB')),
    what,
    cell(String(status ?? say('noReply')), status !== undefined && status < 400 ? 'good' : 'bad'),
    cell(request.durationMs === undefined ? '…' : `${request.durationMs.toFixed(1)} ms`),
  );
  row.dataset.id = request.id;
  return row;
}

function showRequest(request) {
  const body = byId('requests');
  const row = requestRow(request);
  const old = requests.has(request.id) ? body.querySelector(`[data-id="${request.id}"]`) : null;
  if (old === null) body.prepend(row);
  else old.replaceWith(row);
  requests.set(request.id, request);
  while (body.children.length > mostRequests) {
    requests.delete(Number(body.lastElementChild.dataset.id));
    body.lastElementChild.remove();
  }
  byId('no-requests').hidden = requests.size > 0;
}

// --- faults

function makeSwitches() {
  byId('faults').replaceChildren(
    ...Object.keys(texts.en.faultNames).map((fault) => {
      const button = element(
        'button',
        { type: 'button' },
        element('span', {}, element('span', { className: 'name' }), element('small')),
      );
      button.setAttribute('role', 'switch');
      button.dataset.fault = fault;
      button.addEventListener('click', () => void toggle(fault));
      return element('li', {}, button);
    }),
  );
}

function fillSwitches() {
  for (const button of byId('faults').querySelectorAll('button')) {
    const { fault } = button.dataset;
    const mine = armed.filter((one) => one.fault.fault === fault);
    button.setAttribute('aria-checked', String(mine.length > 0));
    setText(button.querySelector('.name'), say('faultNames')[fault]);
    setText(button.querySelector('small'), mine.map(describe).join(', '));
  }
}

function describe({ fault, every, share, hits }) {
  const words = [fault.call, fault.kind].filter(Boolean).map(say);
  if (fault.platform) words.push(fault.platform);
  if (every !== undefined) words.push(say('every').replace('n', every));
  else if (share !== undefined) words.push(`${Math.round(share * 100)} %`);
  else words.push(say('next').replace('n', (fault.times ?? 1) - hits));
  return words.join(' · ');
}

async function toggle(fault) {
  const mine = armed.filter((one) => one.fault.fault === fault);
  if (mine.length > 0) {
    await Promise.all(mine.map(({ id }) => fetch(`/__emulator/faults/${id}`, { method: 'DELETE' })));
    return;
  }
  const { call, kind, platform, often, number, latencyMs } = order.elements;
  const n = Math.max(1, Math.floor(number.valueAsNumber) || 1);
  const what = { fault };
  for (const [name, { value }] of Object.entries({ call, kind, platform }))
    if (value !== '') what[name] = value;
  if (often.value === 'every') what.every = n;
  else if (often.value === 'share') what.share = Math.min(1, n / 100);
  else what.times = n;
  if (fault === 'latency') what.latencyMs = latencyMs.valueAsNumber || 0;
  const reply = await fetch('/__emulator/faults', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(what),
  });
  if (!reply.ok) announce((await reply.json()).error, true);
}

function fillChoices() {
  const choices = {
    call: ['', 'issue', 'fetch', 'compare'],
    kind: ['', 'image', 'audio'],
    platform: ['', 'developers', 'ncloud'],
    often: ['next', 'every', 'share'],
  };
  for (const [name, values] of Object.entries(choices)) {
    const select = order.elements[name];
    const chosen = select.value;
    select.replaceChildren(
      ...values.map((value) =>
        element('option', { value, textContent: value === '' ? say('any') : (say(value) ?? value) }),
      ),
    );
    if (values.includes(chosen)) select.value = chosen;
  }
}

// --- the page as a whole

/** Announces a text to screen readers; `visible` also shows it on the page. */
function announce(text, visible = false) {
  byId('announcement').textContent = text;
  byId('announcement').classList.toggle('unseen', !visible);
}

function showLanguage() {
  document.documentElement.lang = language;
  document.title = say('title');
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = say(node.dataset.text);
  byId('language').textContent = say('other');
  byId('language').lang = say('otherLang');
  fillChoices();
  fillSwitches();
  showLink();
  refreshKeys();
  for (const request of requests.values()) showRequest(request);
}

let linked = false;
function showLink() {
  setText(byId('link'), say(linked ? 'linked' : 'unlinked'));
  byId('link').classList.toggle('on', linked);
}

function refreshKeys() {
  for (const item of byId('keys').children) fillCard(item, keys.get(item.dataset.key));
}

function showAll(all) {
  clockOffset = all.now - Date.now();
  keys = new Map();
  requests = new Map();
  byId('keys').replaceChildren();
  byId('requests').replaceChildren();
  byId('no-requests').hidden = false;
  for (const key of [...all.keys].reverse()) showKey(key);
  for (const request of all.requests) showRequest(request);
  armed = all.faults;
  countKeys();
  fillSwitches();
}

function listen() {
  const events = new EventSource('/__emulator/events');
  const on = (type, act) => {
    events.addEventListener(type, ({ data }) => {
      act(JSON.parse(data));
    });
  };
  events.addEventListener('open', () => {
    linked = true;
    showLink();
  });
  events.addEventListener('error', () => {
    linked = false;
    showLink();
  });
  on('snapshot', showAll);
  on('key', (key) => {
    if (showKey(key)) announce(say('newKey')(say(key.kind), key.answer));
  });
  on('request', showRequest);
  on('faults', (faults) => {
    armed = faults;
    fillSwitches();
  });
}

order.addEventListener('submit', (event) => {
  event.preventDefault();
});
byId('language').addEventListener('click', () => {
  language = language === 'ko' ? 'en' : 'ko';
  try {
    localStorage.setItem('language', language);
  } catch {
    // Storage may be disabled; then the language is not kept.
  }
  showLanguage();
});
byId('reset').addEventListener('click', () => void fetch('/__emulator/reset', { method: 'POST' }));

makeSwitches();
showLanguage();
listen();
setInterval(refreshKeys, 1000);
