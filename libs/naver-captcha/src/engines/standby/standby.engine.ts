import { timingSafeEqual } from 'node:crypto';

import { CaptchaUnavailableException, nameOf } from '../../errors.js';
import type { QuietLogger } from '../../quiet-logger.js';
import { MEDIA_KINDS, type CaptchaMediaKind, type CaptchaMedia, type CaptchaRandom } from '../../types.js';
import type { CaptchaEngine, Comparison, IssuedChallenge } from '../captcha-engine.js';

/** Draws and speaks for the standby. The same text and seed always give the same bytes, in every process. */
export interface StandbyMedia {
  /** The characters of pictures, in ASCII. A visitor may type letters in either case. */
  readonly alphabet: string;
  draw(text: string, seed: Buffer): Promise<CaptchaMedia>;
  speak(digits: string, seed: Buffer): Promise<CaptchaMedia>;
}

/** What the option `standby` takes: `standbyEngine()` of `nestjs-naver-captcha/standby` makes one. */
export interface CaptchaStandby {
  /** Called once, when the application starts. A rejection stops the start with its message. */
  load(): Promise<StandbyMedia>;
}

const DIGITS = '0123456789';
/** Every text of a kind has the same length, so that the length of a key says nothing. */
const TEXT_LENGTH = 6;
const SEED_BYTES = 8;
/** Of the random bytes for one character, so many that the remainder favours none. */
const BYTES_PER_CHARACTER = 6;

/**
 * Our own pictures and sounds. The payload of a challenge is its text and a random seed, so that nothing need be
 * remembered: every process that opens the key draws the same picture and compares the answer by itself.
 */
export class StandbyEngine implements CaptchaEngine {
  readonly name = 'standby';
  readonly kinds = MEDIA_KINDS;
  readonly answerPattern = Object.freeze({ image: /^[A-Za-z0-9]{1,16}$/, audio: /^[0-9]{1,16}$/ });

  constructor(
    private readonly artist: StandbyMedia,
    private readonly random: CaptchaRandom,
    private readonly logger: QuietLogger,
  ) {}

  refusalOf(): undefined {
    return undefined;
  }

  async issue(kind: CaptchaMediaKind): Promise<IssuedChallenge> {
    const text = this.#randomText(kind === 'image' ? this.artist.alphabet : DIGITS);
    const payload = Buffer.concat([Buffer.from(text, 'latin1'), this.random.bytes(SEED_BYTES)]);
    return Promise.resolve({ payload });
  }

  async media(kind: CaptchaMediaKind, payload: Buffer, seed?: () => Buffer): Promise<CaptchaMedia> {
    if (seed === undefined) throw new Error('The standby draws for sealed keys only.');
    const text = textOf(payload).toString('latin1');
    try {
      return await (kind === 'image' ? this.artist.draw(text, seed()) : this.artist.speak(text, seed()));
    } catch (thrown) {
      throw this.#undrawable(kind, thrown);
    }
  }

  async compare(_kind: CaptchaMediaKind, payload: Buffer, value: string): Promise<Comparison> {
    const expected = inLowerCase(textOf(payload));
    const given = inLowerCase(Buffer.from(value));
    const isRight = given.length === expected.length && timingSafeEqual(given, expected);
    return Promise.resolve({ result: isRight ? 'right' : 'wrong' });
  }

  #randomText(alphabet: string): string {
    const bytes = this.random.bytes(TEXT_LENGTH * BYTES_PER_CHARACTER);
    let text = '';
    for (let at = 0; at < bytes.length; at += BYTES_PER_CHARACTER) {
      text += alphabet.charAt(bytes.readUIntBE(at, BYTES_PER_CHARACTER) % alphabet.length);
    }
    return text;
  }

  /** Keeps nothing of the error but its name: its message could contain the text. */
  #undrawable(kind: CaptchaMediaKind, thrown: unknown): CaptchaUnavailableException {
    const detail =
      `The standby could not make the ${kind === 'image' ? 'picture' : 'sound'} of a challenge (${nameOf(thrown)}), so ` +
      'the visitor does not get it. Check that captcha-media and its dependency sharp are installed for this machine.';
    this.logger.error(`CAPTCHA_UNAVAILABLE: ${detail}`);
    return new CaptchaUnavailableException({ origin: 'standby', detail });
  }
}

/** The text that the picture shows or the sound says. */
export function textOf(payload: Buffer): Buffer {
  return payload.subarray(0, -SEED_BYTES);
}

/** ASCII letters alone: no other letter becomes one of them. */
function inLowerCase(text: Buffer): Uint8Array {
  return text.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));
}
