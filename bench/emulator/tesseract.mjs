// Lets Tesseract (Debian: apt-get install tesseract-ocr) read 50 pictures of each style, after several ways of turning
// them into black and white, and prints how many answers it got right in any of them.
//   npm run build && node bench/emulator/tesseract.mjs [pictures a style, default 50]
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import sharp from 'sharp';

const pictures = Number(process.argv[2] ?? 50);
const run = promisify(execFile);

const large = (jpeg) => sharp(jpeg).greyscale().resize({ width: 900, kernel: 'cubic' });
const treatments = {
  none: (jpeg) => large(jpeg),
  'threshold 70': (jpeg) => large(jpeg).threshold(70),
  'threshold 128': (jpeg) => large(jpeg).threshold(128),
  'threshold 190': (jpeg) => large(jpeg).threshold(190),
  'blur, threshold 128': (jpeg) => large(jpeg).blur(5).threshold(128),
  'negative, threshold 128': (jpeg) => large(jpeg).negate().threshold(128),
  'stretched, threshold 128': (jpeg) => large(jpeg).normalise().threshold(128),
};

async function read(file, alphabet) {
  const args = [file, '-', '--psm', '7', '-c', `tessedit_char_whitelist=${alphabet}`];
  try {
    const { stdout } = await run('tesseract', args, {
      timeout: 20_000,
      env: { ...process.env, OMP_THREAD_LIMIT: '1' },
    });
    return stdout.replace(/\s/g, '');
  } catch (error) {
    if (error.code === 'ENOENT') {
      throw new Error('There is no tesseract: apt-get install tesseract-ocr', { cause: error });
    }
    return ''; // It crashes on some pictures that are all of one colour.
  }
}

/** Letters at their places, by the longest common subsequence. */
function lettersRead(answer, text) {
  let lengths = new Array(text.length + 1).fill(0);
  for (const letter of answer) {
    const next = [0];
    for (let i = 0; i < text.length; i += 1) {
      next.push(letter === text[i] ? lengths[i] + 1 : Math.max(next[i], lengths[i + 1]));
    }
    lengths = next;
  }
  return lengths.at(-1);
}

const folder = await mkdtemp(join(tmpdir(), 'tesseract-'));
try {
  for (const style of ['stripes', 'outline', 'plain']) {
    const emulator = await startNaverCaptchaEmulator({ style, seed: 'tesseract', dailyQuota: Infinity });
    const headers = {
      'X-Naver-Client-Id': emulator.clientId,
      'X-Naver-Client-Secret': emulator.clientSecret,
    };
    const get = (path) => fetch(`${emulator.url}/v1/captcha/${path}`, { headers });
    let whole = 0;
    let letters = 0;
    let all = 0;
    for (let i = 0; i < pictures; i += 1) {
      const { key } = await (await get('nkey')).json();
      const jpeg = Buffer.from(await (await get(`ncaptcha.bin?key=${key}`)).arrayBuffer());
      const answer = emulator.answerOf(key);
      const texts = await Promise.all(
        Object.entries(treatments).map(async ([name, treat]) => {
          const file = join(folder, `${style}-${i}-${name.replace(/\W+/g, '-')}.png`);
          await treat(jpeg).png().toFile(file);
          return read(file, 'ACDEHJKMNPRTUWY469');
        }),
      );
      if (texts.includes(answer)) whole += 1;
      letters += Math.max(...texts.map((text) => lettersRead(answer, text)));
      all += answer.length;
    }
    console.log(
      `${style.padEnd(8)} ${whole} of ${pictures} answers read, ${Math.round((100 * letters) / all)} % of letters in the best of ${Object.keys(treatments).length} treatments`,
    );
    await emulator.close();
  }
} finally {
  await rm(folder, { recursive: true });
}
