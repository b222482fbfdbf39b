// Writes src/sounds/clips-ko.data.ts and clips-en.data.ts: spoken digits, recorded once from eSpeak NG. eSpeak NG is
// GPL-3.0 and only a development tool; the recordings may be published under MIT, see LICENSES.md.
//   node libs/captcha-media/scripts/make-clips.mjs
import { writeFileSync } from 'node:fs';
import startEspeak from '@echogarden/espeak-ng-emscripten';

// Each digit is spoken alone, because Korean digits change their sound in a sequence.
const languages = {
  ko: { voice: 'ko', rate: 125, words: ['영', '일', '이', '삼', '사', '오', '육', '칠', '팔', '구'] },
  en: {
    voice: 'en-us',
    rate: 135,
    words: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'],
  },
};
const sampleRate = 16_000;
const loudness = 3200;
const quiet = 250;

const { eSpeakNGWorker } = await startEspeak();

function say(word, voice, rate) {
  const worker = new eSpeakNGWorker();
  worker.set_voice(voice);
  worker.set_rate(rate);
  const samples = [];
  worker.synthesize(word, (audio) => {
    if (audio) samples.push(...audio);
    return false;
  });
  return { samples, from: worker.get_samplerate() };
}

// A windowed sinc, because frequencies above half of the new rate would become noise.
function resample(samples, from, to) {
  const half = 24;
  const cut = Math.min(1, to / from) * 0.94;
  return Array.from({ length: Math.floor((samples.length * to) / from) }, (_, i) => {
    const at = (i * from) / to;
    let sum = 0;
    for (let k = Math.ceil(at - half); k <= at + half; k += 1) {
      const x = at - k;
      const sinc = x === 0 ? cut : Math.sin(Math.PI * cut * x) / (Math.PI * x);
      sum += (samples[k] ?? 0) * sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / half));
    }
    return sum;
  });
}

function trimmed(samples) {
  const loud = (sample) => Math.abs(sample) > quiet;
  const first = samples.findIndex(loud);
  const last = samples.findLastIndex(loud);
  return samples.slice(Math.max(0, first - 160), last + 400);
}

function levelled(samples) {
  const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
  const peak = Math.max(...samples.map(Math.abs));
  const gain = Math.min(loudness / rms, 28_000 / peak);
  return samples.map((sample) => sample * gain);
}

// G.711 mu-law: 8 bits with about the dynamic range of 14.
function muLaw(sample) {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(32_635, Math.abs(Math.round(sample))) + 132;
  const exponent = Math.floor(Math.log2(magnitude)) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

for (const [lang, { voice, rate, words }] of Object.entries(languages)) {
  const clips = words.map((word) => {
    const { samples, from } = say(word, voice, rate);
    const clip = levelled(trimmed(resample(samples, from, sampleRate)));
    console.log(lang, word, `${(clip.length / sampleRate).toFixed(2)} s`);
    return Buffer.from(clip.map(muLaw)).toString('base64');
  });
  writeFileSync(
    new URL(`../src/sounds/clips-${lang}.data.ts`, import.meta.url),
    `// Made by scripts/make-clips.mjs; do not edit. The digits 0 to 9: 16 kHz, mono, mu-law, base64. See LICENSES.md.
export const ${lang}Clips: readonly string[] = [
${clips.map((clip) => `  '${clip}',`).join('\n')}
];
`,
  );
}
