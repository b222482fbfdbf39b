/** A reply as it goes out, before a fault spoils it. */
export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** NAVER sends media in chunks, everything else with its length (documented). */
  readonly chunked: boolean;
}

export const wireReply = (
  status: number,
  contentType: string,
  body: string | Buffer,
  chunked = false,
): WireReply => ({
  status,
  headers: { 'Content-Type': contentType, 'Cache-Control': 'no-store' },
  body: typeof body === 'string' ? Buffer.from(body) : body,
  chunked,
});
