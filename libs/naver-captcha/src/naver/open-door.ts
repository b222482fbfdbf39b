import { HttpService } from '@nestjs/axios';
import axios from 'axios';

/** The methods of `HttpService` a call passes, as they are before anybody puts something in their place. */
const OWN = ['request', 'makeObservable'].map(
  (name) => [name, methodOf(HttpService.prototype, name)] as const,
);

/**
 * Tells whether a call through this `HttpService` would come out as it went in: no interceptor, mock, spy or subclass
 * stands in the door. Then the way through axios may be left out, which costs several times what the call itself does.
 * Whatever cannot be told counts as somebody in the door.
 */
export class OpenDoor {
  #axiosOwn: unknown;

  constructor(private readonly http: HttpService) {}

  /** Asked before every call: interceptors and mocks come and go. */
  get isOpen(): boolean {
    if (!OWN.every(([name, method]) => method !== undefined && methodOf(this.http, name) === method)) {
      return false;
    }
    const { defaults, interceptors } = this.http.axiosRef;
    const request = methodOf(this.http.axiosRef, 'request');
    if (typeof defaults.adapter === 'function') return false;
    if (!isEmpty(interceptors.request) || !isEmpty(interceptors.response)) return false;
    // Each instance of axios has its own functions: looked at closely once, and again when there is another.
    if (request === this.#axiosOwn) return true;
    if (!isAxiosOwn(request)) return false;
    this.#axiosOwn = request;
    return true;
  }
}

function methodOf(target: object, name: string): object | undefined {
  const method: unknown = Reflect.get(target, name);
  return typeof method === 'function' ? method : undefined;
}

function sourceOf(method: object | undefined): string {
  return Function.prototype.toString.call(method);
}

/** Ejected interceptors leave a hole. */
function isEmpty(manager: object): boolean {
  const handlers: unknown = Reflect.get(manager, 'handlers');
  return Array.isArray(handlers) && handlers.every((handler) => handler === null);
}

/** Spies and mocks carry methods of their own, and are written otherwise than what axios makes. */
function isAxiosOwn(request: object | undefined): boolean {
  if (request === undefined || Object.keys(request).length > 0) return false;
  try {
    return sourceOf(request) === sourceOf(methodOf(axios.create(), 'request'));
  } catch {
    // Axios itself is a mock.
    return false;
  }
}
