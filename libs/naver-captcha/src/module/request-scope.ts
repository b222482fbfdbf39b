import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

import { CAPTCHA_OPTIONS } from '../tokens.js';
import { cannotStart } from './resolve-options.js';

type NestModule = ModulesContainer extends ReadonlyMap<string, infer T> ? T : never;
type Provider = NestModule['providers'] extends ReadonlyMap<unknown, infer T> ? T : never;

/**
 * Refuses options that depend on a request-scoped provider, durable or not. Nest makes everything that depends on them
 * anew for each request and calls no hook of it, so this check injects nothing that depends on the options.
 */
@Injectable()
export class RequestScopeCheck implements OnModuleInit {
  constructor(@Inject(ModulesContainer) private readonly modules: ModulesContainer) {}

  onModuleInit(): void {
    for (const { providers } of this.modules.values()) {
      // The module that has these options also has this check.
      if (!providers.has(RequestScopeCheck)) continue;
      const options = providers.get(CAPTCHA_OPTIONS);
      if (options === undefined || options.isDependencyTreeStatic()) continue;
      throw cannotStart([
        `The options depend on ${requestScopedNames(options).join(', ')}, which Nest makes anew for each request: each ` +
          'would have its own limits, used keys and sockets to NAVER. Inject only providers of the default scope into ' +
          'forRootAsync(), without Scope.REQUEST and durable; for several credentials import a module for each, with ' +
          'isGlobal: false.',
      ]);
    }
  }
}

/** The names of the request-scoped providers that this one depends on, directly or through others. */
function requestScopedNames(provider: Provider, seen = new Set<Provider>()): string[] {
  if (seen.has(provider)) return [];
  seen.add(provider);
  const scoped = dependenciesOf(provider).filter((dependency) => !dependency.isDependencyTreeStatic());
  if (scoped.length === 0) return [nameOf(provider)];
  return [...new Set(scoped.flatMap((dependency) => requestScopedNames(dependency, seen)))];
}

function dependenciesOf(provider: Provider): Provider[] {
  // Both are undefined for a provider without any, which their types do not say.
  const parameters = orNone(provider.getCtorMetadata());
  const properties = orNone(provider.getPropertiesMetadata());
  return [...parameters, ...properties.map(({ wrapper }) => wrapper)];
}

function orNone<T>(list: readonly T[] | undefined): readonly T[] {
  return list ?? [];
}

function nameOf({ name }: { readonly name: unknown }): string {
  return typeof name === 'function' ? name.name : String(name);
}
