import 'reflect-metadata';

import { Injectable, Module, Scope } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { NaverCaptchaModule } from 'nestjs-naver-captcha';

class Settings {
  readonly clientId = 'id';
}

/** Starts an application whose options come from a provider of this scope: what it warns of, or what it stops with. */
async function boot(scope: Scope, durable: boolean): Promise<string[]> {
  @Injectable({ scope, durable })
  class ScopedSettings extends Settings {}

  @Module({ providers: [ScopedSettings], exports: [ScopedSettings] })
  class SettingsModule {}

  @Module({
    imports: [
      NaverCaptchaModule.forRootAsync({
        imports: [SettingsModule],
        inject: [ScopedSettings],
        useFactory: ({ clientId }: Settings) => ({ clientId, clientSecret: 'secret' }),
      }),
    ],
  })
  class AppModule {}

  const said: string[] = [];
  const keep = (message: string): number => said.push(message);
  const drop = (): void => undefined;
  const logger = { log: drop, error: drop, warn: keep };
  try {
    const app = await NestFactory.create(AppModule, { logger, abortOnError: false });
    await app.init();
    await app.close();
  } catch (error) {
    said.push((error as Error).message);
  }
  return said;
}

/** `node boots.js`: how applications with options of each scope start, as JSON. */
async function main(): Promise<void> {
  const singleton = await boot(Scope.DEFAULT, false);
  const request = await boot(Scope.REQUEST, false);
  const durable = await boot(Scope.REQUEST, true);
  process.stdout.write(JSON.stringify({ singleton, request, durable }));
}

void main();
