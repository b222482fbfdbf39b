// Pictures of every page and state of the demo, at 320, 768 and 1440 px, light and dark: npm run screenshots
// They go to test-results/screenshots; the two that the READMEs show are kept in docs/images by hand.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';

import { chromium } from 'playwright-core';

import { findChromium } from './find-chromium.mjs';

const FOLDER = 'test-results/screenshots';
const SIZES = [
  { width: 320, height: 640 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
];
const SCHEMES = ['light', 'dark'];

async function main() {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error('No Chromium: install Chrome or Chromium, or set CHROMIUM_PATH.');
  }
  await mkdir(FOLDER, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    for (const viewport of SIZES) {
      for (const colorScheme of SCHEMES) await takeAll(browser, viewport, colorScheme);
    }
  } finally {
    await browser.close();
  }
}

/** On a demo of its own: one address gets ten challenges a minute. */
async function takeAll(browser, viewport, colorScheme) {
  const demo = await startDemo();
  const context = await browser.newContext({
    locale: 'ko-KR',
    viewport,
    colorScheme,
    reducedMotion: 'reduce',
    deviceScaleFactor: viewport.width < 768 ? 2 : 1,
  });
  const page = await context.newPage();
  const shoot = (name) =>
    page.screenshot({ path: `${FOLDER}/${name}-${viewport.width}-${colorScheme}.png`, fullPage: true });
  const ready = () => page.locator('naver-captcha [part=picture]').waitFor();
  const answer = async () => {
    const [newest] = await (await fetch(`${demo.emulatorUrl}/__emulator/keys`)).json();
    return newest.answer;
  };
  const captcha = page.getByLabel('자동 입력 방지 문자', { exact: true });

  try {
    await page.goto(demo.url);
    await page.locator('#emulator').waitFor();
    await shoot('signup-idle');
    await page.getByLabel('이름').fill('홍길동');
    await page.getByLabel('이메일').fill('hong@example.com');
    await page.getByLabel('비밀번호').fill('correct horse');
    await ready();
    await shoot('signup');
    await captcha.fill('WRONG');
    await page.getByRole('button', { name: '가입하기' }).click();
    await page.locator('naver-captcha [part=message]').getByText('올바르지 않습니다').waitFor();
    await ready();
    await shoot('signup-wrong');
    await captcha.fill(await answer());
    await page.getByLabel('이메일').fill('hong@localhost');
    await page.getByRole('button', { name: '가입하기' }).click();
    await page.locator('#email-error').getByText('확인해').waitFor();
    await shoot('signup-field');
    await page.getByLabel('이메일').fill('hong@example.com');
    await page.getByRole('button', { name: '가입하기' }).click();
    await page.waitForURL('**/welcome.html*');
    await shoot('welcome');

    await page.goto(`${demo.url}/login.html`);
    await page.locator('#emulator').waitFor();
    await page.getByLabel('이메일').fill('demo@example.com');
    for (let time = 1; time <= 5; time += 1) {
      await page.getByLabel('비밀번호').fill(`wrong ${time}`);
      const replied = page.waitForResponse('**/login');
      await page.getByRole('button', { name: '로그인' }).click();
      await replied;
      await page.locator('#form-error:not(:empty)').waitFor();
    }
    await ready();
    await shoot('login-captcha');

    await page.goto(`${demo.url}/live.html`);
    await page.locator('.step').first().waitFor();
    await captcha.focus();
    await ready();
    await captcha.fill(await answer());
    await page.getByRole('button', { name: '확인' }).click();
    await page.locator('.outcome.good').waitFor();
    await page.getByRole('button', { name: '가짜 키 보내기' }).click();
    await page.locator('.what').getByText('위조된 키').waitFor();
    await shoot('live');

    await page.goto(`${demo.url}/nothing-here`);
    await shoot('error');
  } finally {
    await context.close();
    demo.process.kill();
    await once(demo.process, 'close');
  }
}

async function startDemo() {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('NAVER_CAPTCHA_'));
  const child = spawn(process.execPath, ['apps/demo/dist/main.js'], {
    env: { ...Object.fromEntries(kept), NODE_ENV: 'test', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (output += chunk));
  for (;;) {
    const [, url, emulatorUrl] =
      /(http:\/\/localhost:\d+)[^]*emulator at (http:\/\/127\.0\.0\.1:\d+)/.exec(output) ?? [];
    if (url !== undefined) return { url, emulatorUrl, process: child };
    const [more] = await Promise.race([once(child.stdout, 'data'), once(child, 'close').then(() => [])]);
    if (more === undefined) throw new Error('The demo ended; is it built? npm run build');
  }
}

await main();
