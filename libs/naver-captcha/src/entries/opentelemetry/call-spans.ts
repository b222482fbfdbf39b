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

/** One span for each attempt at a call to NAVER, made when it has ended: below the span of the request that caused it. */
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

/** Nothing where no SDK is registered, as far as the API's own provider tells: then no span is made. */
function tracer(): Tracer | undefined {
  const provider: TracerProvider & Partial<Delegating> = trace.getTracerProvider();
  return provider.getDelegateTracer === undefined
    ? provider.getTracer(SCOPE)
    : provider.getDelegateTracer(SCOPE);
}

/** What the API hands out stands in for the SDK's provider, and knows whether there is one. */
interface Delegating {
  getDelegateTracer(name: string): Tracer | undefined;
}
