import type { EmulatorProblem } from '../store/request-log.js';

/** The error of Node's HTTP parser. `rawPacket` is missing if the caller only closed the connection or was too slow. */
export type ParserError = Error & { code?: string; bytesParsed?: number; rawPacket?: Buffer };

/** What can be told about bytes that are not a valid HTTP request. */
export interface RefusedBytes {
  readonly status: 400 | 431;
  readonly problem: EmulatorProblem;
  /** `?` if there is no request line; `target` is empty then. */
  readonly method: string;
  readonly target: string;
}

/** What a developer does about each problem; for replies and logs. */
export const remedies: Readonly<Record<EmulatorProblem, string>> = {
  'not-encoded':
    'The request line contains a space or a character beyond ASCII: percent-encode each parameter, for example with ' +
    'encodeURIComponent, URLEncoder.encode or rawurlencode.',
  tls: 'The caller starts TLS, but the emulator speaks plain HTTP: begin the base URL with http://.',
  'headers-too-long': 'The request line and headers are longer than 16 KiB: send less.',
  malformed: 'These bytes are not a valid HTTP request: check the client.',
};

/** Returns undefined if the connection ended without invalid bytes. */
export function readRefusedBytes(error: ParserError): RefusedBytes | undefined {
  const { rawPacket: packet, bytesParsed = 0 } = error;
  if (packet === undefined) return undefined;
  const begin = startOfRequest(packet, bytesParsed);
  const [, method = '?', target = ''] =
    /^([A-Za-z]{1,20}) (\/.*?)(?: HTTP\/\d\.\d)?\r?$/.exec(lineAt(packet, begin)) ?? [];
  if (error.code === 'HPE_HEADER_OVERFLOW')
    return { status: 431, problem: 'headers-too-long', method, target };
  return { status: 400, problem: problemOf(packet, begin, target), method, target };
}

function problemOf(packet: Buffer, begin: number, target: string): EmulatorProblem {
  // A TLS record: handshake, version 3.x.
  if (packet[begin] === 0x16 && packet[begin + 1] === 0x03) return 'tls';
  return /[^\x21-\x7e]/.test(target) ? 'not-encoded' : 'malformed';
}

/** After the blank line of the request before it on the same connection. Calls to the emulator have no body. */
function startOfRequest(packet: Buffer, bytesParsed: number): number {
  const blankLine = packet.subarray(0, bytesParsed).lastIndexOf('\r\n\r\n');
  return blankLine === -1 ? 0 : blankLine + 4;
}

const longestLine = 16_384;

function lineAt(packet: Buffer, begin: number): string {
  const end = packet.indexOf('\n', begin);
  return packet.subarray(begin, Math.min(end === -1 ? packet.length : end, begin + longestLine)).toString();
}
