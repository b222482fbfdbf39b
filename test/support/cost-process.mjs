// An application that reports what its requests cost. Run it with a young generation so large that nothing is collected:
//   node --expose-gc --min-semi-space-size=1024 --max-semi-space-size=1024 cost-process.mjs <url of NAVER> <adapter>
// Over IPC: { keys: n } makes sealed keys, 'begin' and 'end' frame what is measured.
import 'reflect-metadata';

import { PerformanceObserver } from 'node:perf_hooks';

import { Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  CaptchaInvalidException,
  MemoryCaptchaStore,
  NaverCaptchaModule,
  NaverCaptchaService,
  RequireCaptcha,
} from 'nestjs-naver-captcha';

import { decorate } from './decorate.mjs';

const [baseUrl, adapter] = process.argv.slice(2);

class SignupController {
  bare() {
    return { ran: true };
  }
  throwing() {
    throw new CaptchaInvalidException();
  }
  guarded() {
    return { ran: true };
  }
}
decorate(Post('bare'), HttpCode(200))(SignupController.prototype, 'bare');
decorate(Post('throwing'), HttpCode(200))(SignupController.prototype, 'throwing');
decorate(Post('guarded'), HttpCode(200), RequireCaptcha())(SignupController.prototype, 'guarded');
Controller()(SignupController);

class AppModule {}
Module({
  imports: [
    NaverCaptchaModule.forRoot({
      clientId: 'cost',
      clientSecret: 'cost-secret',
      baseUrl,
      dailyQuota: 100_000_000,
      timeoutMs: 60_000,
      keyTtlMs: 7_200_000,
      store: new MemoryCaptchaStore({ maxEntries: 1_000_000 }),
    }),
  ],
  controllers: [SignupController],
})(AppModule);

// The observer reports a collection some time after it.
const collectedAt = [];
new PerformanceObserver((list) => {
  for (const { startTime } of list.getEntries()) collectedAt.push(startTime);
}).observe({ entryTypes: ['gc'] });

const app = await NestFactory.create(
  AppModule,
  adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter(),
  { logger: false },
);
await app.listen(0, '127.0.0.1');

let begunAt;
let cpu;
let heap;
process.on('message', async (asked) => {
  if (asked === 'begin') {
    globalThis.gc();
    begunAt = performance.now();
    cpu = process.cpuUsage();
    heap = process.memoryUsage().heapUsed;
    process.send({});
  } else if (asked === 'end') {
    const bytes = process.memoryUsage().heapUsed - heap;
    const { user, system } = process.cpuUsage(cpu);
    const endedAt = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const during = collectedAt.filter((at) => at >= begunAt && at <= endedAt);
    process.send({ bytes, collections: during.length, cpuMicros: user + system });
  } else {
    const service = app.get(NaverCaptchaService);
    const made = [];
    for (let count = 0; count < asked.keys; count += 1) made.push((await service.createChallenge()).key);
    process.send(made);
  }
});
process.on('disconnect', () => process.exit());
process.send({ url: `http://127.0.0.1:${app.getHttpServer().address().port}` });
