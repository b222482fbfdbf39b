import { SpanKind, SpanStatusCode, trace, type Tracer, type TracerProvider } from '@opentelemetry/api';

import type { UpstreamCallEvent } from '../../events.js';
import {
  ERROR_TYPE,
  failureOf,
  KIND,
  METHOD,
  OPERATION,
  PLATFORM,
  present,
  SCOPE,
  SERVER_ADDRESS,
  SERVER_PORT,
  STATUS_CODE,
} from './attributes.js';

/** Makes one span for each attempt at a call to NAVER when it has ended, as a child of the active span. */
export class CallSpans {
  readonly #address: string;
  readonly #port: number;

  constructor(baseUrl: string) {
    const { hostname, port, protocol } = new URL(baseUrl);
    this.#address = hostname;
    this.#port = port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);
  }

  record(call: UpstreamCallEvent): void {
    const { operation, kind, platform, durationMs, status } = call;
    const failure = failureOf(call);
    const span = tracer()?.startSpan(`naver.captcha ${operation}`, {
      kind: SpanKind.CLIENT,
      startTime: Date.now() - Math.max(0, durationMs),
      attributes: present({
        [OPERATION]: operation,
        [KIND]: kind,
        [PLATFORM]: platform,
        [METHOD]: 'GET',
        [STATUS_CODE]: status,
        [SERVER_ADDRESS]: this.#address,
        [SERVER_PORT]: this.#port,
        [ERROR_TYPE]: failure,
      }),
    });
    if (failure !== undefined) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  }
}

/** Returns undefined if the API's provider reports that no SDK is registered: then no span is made. */
function tracer(): Tracer | undefined {
  const provider: TracerProvider & Partial<Delegating> = trace.getTracerProvider();
  return provider.getDelegateTracer === undefined
    ? provider.getTracer(SCOPE)
    : provider.getDelegateTracer(SCOPE);
}

/** The API's provider forwards to the SDK's; its `getDelegateTracer` returns undefined if there is none. */
interface Delegating {
  getDelegateTracer(name: string): Tracer | undefined;
}
