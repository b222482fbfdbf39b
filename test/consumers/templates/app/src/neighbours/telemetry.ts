import { Module } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { CaptchaTelemetry } from 'nestjs-naver-captcha/opentelemetry';

import { AppModule } from '../app.module.js';
import { start } from '../running-app.js';

@Module({ imports: [AppModule], providers: [CaptchaTelemetry] })
class WatchedModule {}

/** `node telemetry.js express`: what the SDK was told of one sign-up, as JSON. */
async function main(adapter: string | undefined): Promise<void> {
  const spans = new InMemorySpanExporter();
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).register();
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  metrics.setGlobalMeterProvider(meters);

  const running = await start(WatchedModule, adapter);
  await running.person.signUp({ name: 'Kim', ...(await running.person.read()) });
  await meters.forceFlush();
  const [exported] = exporter.getMetrics();
  const told = exported?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
  process.stdout.write(
    JSON.stringify({
      spans: spans.getFinishedSpans().map(({ name }) => name),
      metrics: told
        .filter(({ dataPoints }) => dataPoints.length > 0)
        .map(({ descriptor: { name } }) => name)
        .sort(),
    }),
  );
  await running.close();
  await meters.shutdown();
}

void main(process.argv[2]);
