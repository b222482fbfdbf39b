import { ApiExtension } from '@nestjs/swagger';

import type { GuardedHandler } from '../../module/guarded-handlers.js';

const MARK = 'x-nestjs-naver-captcha';

/**
 * Runs `work` while `@nestjs/swagger` finds a mark on each of these handlers: its index in the list. The handlers
 * themselves do not change, because a handler of a base class may be protected in one controller, or in one
 * application, and not in another. Substitutes that inherit their metadata replace them until `work` returns.
 */
export function withMarks<T>(handlers: readonly GuardedHandler[], work: () => T): T {
  const undo: (() => void)[] = [];
  try {
    for (const [index, { prototype, name, handler }] of handlers.entries()) {
      const own = Object.getOwnPropertyDescriptor(prototype, name);
      const marked = substituteFor(handler);
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
    // In reverse order, because a controller in several modules was replaced several times.
    for (const restore of undo.reverse()) restore();
  }
}

/** Removes the mark from an operation. @returns the operation without it, and the index of its handler if it had one */
export function unmarked<T extends object>(marked: T): readonly [T, number | undefined] {
  const index: unknown = Reflect.get(marked, MARK);
  if (typeof index !== 'number') return [marked, undefined];
  const rest = { ...marked };
  Reflect.deleteProperty(rest, MARK);
  return [rest, index];
}

/** Inherits the handler's metadata, which is looked up along the prototype chain, and has its name. */
function substituteFor(handler: { readonly name: string }): object {
  const substitute = (): void => undefined;
  Object.setPrototypeOf(substitute, handler);
  return Object.defineProperty(substitute, 'name', { value: handler.name });
}
