import { ApiExtension } from '@nestjs/swagger';

import type { GuardedHandler } from '../../module/guarded-handlers.js';

const MARK = 'x-nestjs-naver-captcha';

/**
 * Does the work while `@nestjs/swagger` finds a mark on each of these handlers: their place in the list. The handlers
 * themselves are left alone, since one of a base class may be protected in one controller and not in another, and in
 * one application and not in the next: for as long as the work takes, stand-ins that inherit their metadata take
 * their places.
 */
export function withMarks<T>(handlers: readonly GuardedHandler[], work: () => T): T {
  const undo: (() => void)[] = [];
  try {
    for (const [index, { prototype, name, handler }] of handlers.entries()) {
      const own = Object.getOwnPropertyDescriptor(prototype, name);
      const marked = standIn(handler);
      ApiExtension(MARK, index)(prototype, name, { value: marked });
      Object.defineProperty(prototype, name, {
        value: marked,
        configurable: true,
        enumerable: own?.enumerable ?? false,
        writable: true,
      });
      undo.push(() => {
        if (own === undefined) Reflect.deleteProperty(prototype, name);
        else Object.defineProperty(prototype, name, own);
      });
    }
    return work();
  } finally {
    // The last first: a controller may be in several modules.
    for (const restore of undo.reverse()) restore();
  }
}

/** Takes the mark off what was made meanwhile. @returns the rest, and which handler it was made of */
export function unmarked<T extends object>(marked: T): readonly [T, number | undefined] {
  const index: unknown = Reflect.get(marked, MARK);
  if (typeof index !== 'number') return [marked, undefined];
  const rest = { ...marked };
  Reflect.deleteProperty(rest, MARK);
  return [rest, index];
}

/** Metadata is looked for along the prototype chain, and `@nestjs/swagger` asks a handler for its name. */
function standIn(handler: { readonly name: string }): object {
  const stand = (): void => undefined;
  Object.setPrototypeOf(stand, handler);
  return Object.defineProperty(stand, 'name', { value: handler.name });
}
