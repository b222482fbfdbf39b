import type { INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  type CaptchaRoutesOptions,
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
} from 'nestjs-naver-captcha';

import {
  type Adapter,
  type AppSetup,
  type JsonReply,
  postJson,
  type RunningApp,
  startApp,
} from '../../support/app.ts';
import { reaching, signupController } from '../../support/signup.ts';

export interface RoutesSetup extends AppSetup {
  readonly routes?: CaptchaRoutesOptions | boolean;
  readonly options?: NaverCaptchaModuleOptions;
  /** The proxies that the application trusts. */
  readonly trust?: boolean | string[];
}

/** An application with the routes and a protected sign-up, on the emulator. */
export function startRoutes(
  emulator: NaverCaptchaEmulator,
  adapter: Adapter,
  { routes = true, options, trust, configure, ...setup }: RoutesSetup = {},
): Promise<RunningApp> {
  return startApp({
    adapter,
    ...(trust === undefined ? {} : { httpAdapter: trusting(adapter, trust) }),
    imports: [NaverCaptchaModule.forRoot({ ...reaching(emulator), ...options, routes })],
    controllers: [signupController()],
    configure: (app: INestApplication & Partial<Pick<NestExpressApplication, 'set'>>) => {
      if (adapter === 'express' && trust !== undefined) app.set?.('trust proxy', trust);
      configure?.(app);
    },
    ...setup,
  });
}

function trusting(adapter: Adapter, trust: boolean | string[]): AbstractHttpAdapter {
  return adapter === 'fastify' ? new FastifyAdapter({ trustProxy: trust }) : new ExpressAdapter();
}

/** Asks for a challenge as a proxy passes a request of this address on. */
export function askFrom({ url }: RunningApp, forwardedFor: string): Promise<JsonReply> {
  return postJson(`${url}/captcha`, {}, { 'x-forwarded-for': forwardedFor });
}

/** Asks one after the other, as the numbers of replies by status. */
export async function statusesOf(
  app: RunningApp,
  addresses: Iterable<string>,
): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const address of addresses) {
    const { status } = await askFrom(app, address);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

export const codeOf = ({ body }: JsonReply): unknown => (body as { code?: unknown }).code;
