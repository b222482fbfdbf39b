// One application with one guard, or none, in front of `POST /form`; it measures itself, since only it can.
import 'reflect-metadata';
import { Session } from 'node:inspector/promises';

import { Controller, HttpCode, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

import { answer, setup } from '../support/ipc.mjs';
import { adapterOf } from './adapters.mjs';
import { classWith } from './decorate.mjs';

const given = setup();
const { default: contestant } = await import(`./contestants/${given.contestant}.mjs`);
const { imports = [], providers = [], protect = [], handle = () => ({ ok: true }) } = contestant.build(given);

class Form {
  submit() {
    return handle();
  }
}
classWith(Form, {
  decorators: [Controller('form')],
  methods: { submit: [Post(), HttpCode(200), ...protect] },
});

class Root {}
const root = { module: Root, imports, providers, controllers: [Form] };
const app = await NestFactory.create(root, adapterOf(given.adapter), { logger: ['error'] });
await app.listen(0, '127.0.0.1');
await contestant.ready?.(app, given);

let begun;
let session;

answer({
  url: () => app.getUrl(),
  /** Bodies of requests: as many answers as there are to be, or one that serves for all. */
  bodies: async ({ kind, count }) => contestant.bodies(app, { kind, count, ...given }),
  begin: async ({ profile = false } = {}) => {
    // What making the keys left behind is not swept up in the measured time.
    globalThis.gc?.();
    if (profile) {
      session = new Session();
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: 200 });
      await session.post('Profiler.start');
    }
    begun = process.cpuUsage();
  },
  end: async () => {
    const { user, system } = process.cpuUsage(begun);
    const { rss, heapUsed } = process.memoryUsage();
    const measured = { cpuUs: user + system, rss, heapUsed, peakRss: process.resourceUsage().maxRSS * 1024 };
    if (session === undefined) return measured;
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    session = undefined;
    return { ...measured, profile };
  },
  /** What is held, with nothing left to sweep up. */
  memory: () => {
    globalThis.gc?.();
    return process.memoryUsage();
  },
});
