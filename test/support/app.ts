import 'reflect-metadata';

import type { INestApplication, LoggerService, ModuleMetadata, Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { CAPTCHA_CLOCK, type CaptchaClock } from 'nestjs-naver-captcha';

/** Every behaviour of the library is shown on both. */
export const ADAPTERS = ['express', 'fastify'] as const;
export type Adapter = (typeof ADAPTERS)[number];

export interface RunningApp extends AsyncDisposable {
  readonly app: INestApplication;
  readonly url: string;
  readonly clock: MovableClock;
  /** The provider under this token. */
  get<T>(token: Type<T> | symbol): T;
}

/** A clock that stands still until it is moved. */
export class MovableClock implements CaptchaClock {
  #now = Date.parse('2026-11-23T03:00:00Z');

  now(): number {
    return this.#now;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

export interface AppSetup extends ModuleMetadata {
  readonly adapter?: Adapter;
  readonly clock?: MovableClock;
  /**
   * The HTTP adapter itself, for settings of its own.
   * @default that of `adapter`, without settings
   */
  readonly httpAdapter?: AbstractHttpAdapter;
  /** @default silence */
  readonly logger?: LoggerService;
  readonly override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  readonly configure?: (app: INestApplication) => void;
}

/** Starts a real HTTP server on a free loopback port. */
export async function startApp({
  adapter = 'express',
  override,
  configure,
  httpAdapter = adapter === 'fastify' ? new FastifyAdapter() : new ExpressAdapter(),
  ...setup
}: AppSetup): Promise<RunningApp> {
  const { clock = new MovableClock(), logger = false, ...metadata } = setup;
  let builder = Test.createTestingModule(metadata).overrideProvider(CAPTCHA_CLOCK).useValue(clock);
  if (override !== undefined) builder = override(builder);
  const module = await builder.compile();
  const app = module.createNestApplication(httpAdapter, { logger });
  configure?.(app);
  await app.listen(0, '127.0.0.1');
  return {
    app,
    url: (await app.getUrl()).replace('[::1]', '127.0.0.1'),
    clock,
    get: (token) => app.get(token, { strict: false }),
    [Symbol.asyncDispose]: () => app.close(),
  };
}

export interface JsonReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Posts JSON and reads JSON. */
export async function postJson(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<JsonReply> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  return { status: reply.status, headers: reply.headers, body: text === '' ? undefined : JSON.parse(text) };
}
