import type { IncomingMessage, ServerResponse } from 'node:http';

import { context, metrics, SpanKind, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

/** One value of a metric: for a histogram, how many and their sum. */
export interface Point {
  readonly attributes: Record<string, unknown>;
  readonly value: number | { readonly count: number; readonly sum: number | undefined };
}

/** The real SDK, registered for this process, with its exporters in memory. */
export class Telemetry implements AsyncDisposable {
  readonly #spans = new InMemorySpanExporter();
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  readonly #tracing = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.#spans)] });
  readonly #metering = new MeterProvider({
    readers: [
      // Far away: a test reads when it wants to.
      new PeriodicExportingMetricReader({ exporter: this.#metrics, exportIntervalMillis: 3_600_000 }),
    ],
  });

  constructor() {
    this.#tracing.register();
    metrics.setGlobalMeterProvider(this.#metering);
  }

  /** The spans of calls that have ended since the last time, oldest first. */
  takeCalls(): ReadableSpan[] {
    const spans = this.takeSpans();
    return spans.filter(({ instrumentationScope }) => instrumentationScope.name === 'nestjs-naver-captcha');
  }

  takeSpans(): ReadableSpan[] {
    const spans = this.#spans.getFinishedSpans();
    this.#spans.reset();
    return spans;
  }

  /** What was counted since the last time, and what the gauges show, by name and unit. */
  async takeMetrics(): Promise<Record<string, Point[]>> {
    await this.#metering.forceFlush();
    const [exported] = this.#metrics.getMetrics();
    this.#metrics.reset();
    const found = exported?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    return Object.fromEntries(
      found
        .map(({ descriptor: { name, unit }, dataPoints }): [string, Point[]] => [
          `${name} ${unit}`,
          dataPoints.map(({ attributes, value }) => ({
            attributes,
            value: typeof value === 'number' ? value : pick(value),
          })),
        ])
        .filter(([, points]) => points.length > 0),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#metering.shutdown();
    await this.#tracing.shutdown();
    metrics.disable();
    trace.disable();
    context.disable();
  }
}

function pick({ count, sum }: { count: number; sum?: number | undefined }): Point['value'] {
  return { count, sum };
}

/** What an instrumentation of HTTP does with a request: a span of the server's, and active in all that follows. */
export function tracedRequests(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const span = trace.getTracer('test').startSpan(`request ${request.url ?? ''}`, { kind: SpanKind.SERVER });
  const active = trace.setSpan(context.active(), span);
  context.bind(active, request);
  context.bind(active, response);
  response.on('finish', () => {
    span.end();
  });
  context.with(active, next);
}
