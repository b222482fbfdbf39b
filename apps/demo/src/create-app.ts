import type { Server } from 'node:http';
import { join } from 'node:path';

import { type INestApplication, type NestApplicationOptions, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

import { serveApiDocument } from './api-document.js';
import { AppModule } from './app.module.js';
import { securityHeaders } from './security-headers.js';

const PUBLIC = join(import.meta.dirname, '../public');

const OPTIONS: NestApplicationOptions = { logger: ['fatal', 'error', 'warn'], forceCloseConnections: true };

/** Creates the application, ready to listen. `adapter`: `express` or `fastify`, from `DEMO_ADAPTER`. */
export async function createApp(adapter = 'express'): Promise<INestApplication<Server>> {
  if (adapter === 'express') {
    const app = await NestFactory.create<NestExpressApplication>(AppModule, OPTIONS);
    configure(app);
    serveApiDocument(app);
    app.useStaticAssets(PUBLIC);
    return app.init();
  }
  if (adapter === 'fastify') {
    const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), OPTIONS);
    configure(app);
    serveApiDocument(app);
    app.useStaticAssets({ root: PUBLIC });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return app;
  }
  throw new Error(`DEMO_ADAPTER must be express or fastify, not ${JSON.stringify(adapter)}.`);
}

/** Applies the security headers and the validation of bodies to every route. */
export function configure(app: INestApplication): void {
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
}
