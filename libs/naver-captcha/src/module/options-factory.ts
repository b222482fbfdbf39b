import type { DynamicModule, FactoryProvider, Provider, Type } from '@nestjs/common';

import type { Awaitable } from '../types.js';
import { isObject } from '../unknown-values.js';
import type { NaverCaptchaModuleOptions, NaverCaptchaOptionsFactory } from './naver-captcha-options.js';
import { MODULE_OPTIONS_TOKEN } from './naver-captcha.module-definition.js';
import { cannotStart } from './resolve-options.js';

/** The ways in which `forRootAsync` can be told where the options come from. */
interface OptionsSource {
  readonly useFactory?: unknown;
  readonly useClass?: Type<NaverCaptchaOptionsFactory> | undefined;
  readonly useExisting?: Type<NaverCaptchaOptionsFactory> | undefined;
}

/**
 * The definition with a factory class that is checked before it is called: Nest's own error names neither the class nor
 * the method.
 * @throws Error if there is no source, or a factory that is no function
 */
export function withCheckedFactory(
  definition: DynamicModule,
  { useFactory, useClass, useExisting }: OptionsSource,
): DynamicModule {
  if (typeof useFactory === 'function') return definition;
  const factoryClass = useExisting ?? useClass;
  if (useFactory !== undefined || factoryClass === undefined) {
    throw cannotStart([
      'forRootAsync() needs useFactory, a function that returns the options, or useClass or useExisting, a class with ' +
        'createNaverCaptchaOptions().',
    ]);
  }
  const checked: FactoryProvider = {
    provide: MODULE_OPTIONS_TOKEN,
    useFactory: (factory: unknown) => optionsOf(factory, factoryClass.name),
    inject: [factoryClass],
  };
  return {
    ...definition,
    providers:
      definition.providers?.map((provider) => (providesOptions(provider) ? checked : provider)) ?? [],
  };
}

/**
 * Nest would copy the entries of a promise, of which there are none, and every option would come from the environment.
 * @throws Error if it is a promise
 */
export function refusePromise(given: unknown): void {
  if (!(given instanceof Promise)) return;
  throw cannotStart(['forRoot() takes no promise: use forRootAsync({ useFactory: () => promise }).']);
}

function optionsOf(factory: unknown, name: string): Awaitable<NaverCaptchaModuleOptions> {
  if (isFactory(factory)) return factory.createNaverCaptchaOptions();
  throw cannotStart([
    `${name}, given to forRootAsync() as useClass or useExisting, has no method createNaverCaptchaOptions(): let the ` +
      'class implement NaverCaptchaOptionsFactory; its method returns the options or a promise of them.',
  ]);
}

function isFactory(given: unknown): given is NaverCaptchaOptionsFactory {
  return isObject(given) && typeof given['createNaverCaptchaOptions'] === 'function';
}

function providesOptions(provider: Provider): boolean {
  return typeof provider === 'object' && provider.provide === MODULE_OPTIONS_TOKEN;
}
