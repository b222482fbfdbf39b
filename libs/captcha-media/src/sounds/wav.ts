/** A WAV file with one channel and 16 bits per sample. */
export function encodeWav(samples: Int16Array, sampleRate: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16); // bytes of what follows, up to 'data'
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // channels
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * 2, 28); // bytes per second
  header.writeUInt16LE(2, 32); // bytes per sample
  header.writeUInt16LE(16, 34); // bits per sample
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.byteLength, 40);
  const body = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  // WAV is little-endian; s390x is the one platform of Node where samples in memory are not.
  return Buffer.concat([header, littleEndian ? body : Buffer.from(body).swap16()]);
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
