import type { Server } from 'node:http';
import { join } from 'node:path';

import { type INestApplication, type NestApplicationOptions, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

import { AppModule } from './app.module.js';
import { securityHeaders } from './security-headers.js';

const PUBLIC = join(import.meta.dirname, '../public');

/** Makes the application, ready to listen, on Express, or on Fastify where `DEMO_ADAPTER` says so. */
export async function createApp(adapter = 'express'): Promise<INestApplication<Server>> {
  const app = await createOn(adapter, {
    logger: ['fatal', 'error', 'warn'],
    forceCloseConnections: true,
  });
  app.use(securityHeaders);
  app.useGlobalPipes(
    new ValidationPipe({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      stopAtFirstError: true,
      errorFormat: 'grouped',
    }),
  );
  return app.init();
}

async function createOn(adapter: string, options: NestApplicationOptions): Promise<INestApplication<Server>> {
  if (adapter === 'express') {
    const app = await NestFactory.create<NestExpressApplication>(AppModule, options);
    return app.useStaticAssets(PUBLIC);
  }
  if (adapter === 'fastify') {
    const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), options);
    return app.useStaticAssets({ root: PUBLIC });
  }
  throw new Error('DEMO_ADAPTER must be express or fastify.');
}
