// Tesseract, in this process (tesseract.js), with its own model of English from npm.
import english from '@tesseract.js-data/eng';
import sharp from 'sharp';
import { createWorker, PSM } from 'tesseract.js';
import { resized } from './pixels.mjs';

export async function startTesseract(allowed) {
  const worker = await createWorker(english.code, 1, {
    langPath: english.langPath,
    gzip: english.gzip,
    cacheMethod: 'none',
  });
  await worker.setParameters({
    tessedit_pageseg_mode: PSM.SINGLE_LINE,
    tessedit_char_whitelist: allowed,
    user_defined_dpi: '70',
  });
  return {
    async read(image) {
      const large = resized(image, image.width * 2, image.height * 2);
      const [plane] = large.planes;
      const png = await sharp(Uint8Array.from(plane), {
        raw: { width: large.width, height: large.height, channels: 1 },
      })
        .png({ compressionLevel: 1 })
        .toBuffer();
      const { data: result } = await worker.recognize(png);
      return result.text.replace(/\s/g, '');
    },
    close: () => worker.terminate(),
  };
}
