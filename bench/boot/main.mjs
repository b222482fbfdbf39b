// An application that is otherwise empty, from the start of its process until it listens.
import 'reflect-metadata';

import { setTimeout as wait } from 'node:timers/promises';

import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

import { classWith } from '../application/decorate.mjs';
import { answer, setup } from '../support/ipc.mjs';

const SETTLED_MS = 300;

const { adapter, base, contestant } = setup();
const imports = [];
let pipe;
if (base) {
  const { HttpModule } = await import('@nestjs/axios');
  const { ValidationPipe } = await import('@nestjs/common');
  imports.push(HttpModule);
  // The pipe loads what it validates with.
  pipe = new ValidationPipe();
}
let protect = [];
let ready;
let settled;
if (contestant !== undefined) {
  const { default: chosen } = await import(`../application/contestants/${contestant}.mjs`);
  const built = chosen.build({ provider: 'http://127.0.0.1:9' });
  imports.push(...(built.imports ?? []));
  protect = built.protect ?? [];
  ({ ready, settled } = chosen);
}

class Empty {
  submit() {
    return 'ok';
  }
}
classWith(Empty, { decorators: [Controller()], methods: { submit: [Post(), ...protect] } });
class Root {}
classWith(Root, { decorators: [Module({ imports, controllers: [Empty] })] });

const { default: Adapter } = await import(`./${adapter}.mjs`);
const app = await NestFactory.create(Root, new Adapter(), { logger: ['error'] });
if (pipe !== undefined) app.useGlobalPipes(pipe);
await app.listen(0, '127.0.0.1');
// Of a clock that starts with the process.
const bootMs = performance.now();
const { user, system } = process.cpuUsage();
await ready?.(app, {});

answer({
  /** What is held for good: what booting left to be swept up, and what still goes on beside it, is over. */
  measure: async () => {
    await settled?.(app);
    await wait(SETTLED_MS);
    globalThis.gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    return { bootMs, cpuMs: (user + system) / 1000, rss, heapUsed, external };
  },
});
