import { HttpService } from '@nestjs/axios';
import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import { firstValueFrom, fromEvent, takeUntil } from 'rxjs';

import type { Deadline } from './deadline.js';
import type { NaverTransport } from './transport.js';
import { TransportError } from './transport-error.js';
import type { NaverReply } from './wire-format.js';

// Of axios only types: on Nest 10 and 11 HttpService has a CommonJS copy, and a second one would cost each start.

/** The methods of `HttpService` a call passes, as they are before anybody puts something in their place. */
const OWN = ['request', 'makeObservable'].map(
  (name) => [name, methodOf(HttpService.prototype, name)] as const,
);

/** One request, as axios takes it apart. */
export interface DoorRequest {
  readonly baseURL: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The application's `HttpService`, and whoever stands in its door: interceptors, mocks, spies, subclasses. While it is
 * nobody, the way through axios may be left out, which costs several times what the call itself does.
 */
export class HttpServiceDoor {
  readonly #queued = new WeakSet<object>();
  #axiosOwn: unknown;

  constructor(
    private readonly http: HttpService,
    private readonly transport: NaverTransport,
  ) {}

  /**
   * Whether a call would come out as it went in. Asked before every call, since interceptors and mocks come and go;
   * whatever cannot be told counts as somebody in the door.
   */
  get isOpen(): boolean {
    if (!OWN.every(([name, method]) => method !== undefined && methodOf(this.http, name) === method)) {
      return false;
    }
    const { axiosRef } = this.http;
    if (!isPlain(axiosRef)) return false;
    // Each instance of axios has its own functions: looked at closely once, and again when there is another.
    const request = methodOf(axiosRef, 'request');
    if (request === this.#axiosOwn) return true;
    if (!isAxiosOwn(request, () => axiosRef.create())) return false;
    this.#axiosOwn = request;
    return true;
  }

  /** Sends a request past whoever stands there. */
  async send(request: DoorRequest, { signal }: Deadline): Promise<NaverReply> {
    try {
      // Everything is given with the call: the application may share its HttpService, defaults and all.
      const reply$ = this.http.request<unknown>({
        ...request,
        method: 'get',
        // Not undefined, which lets the defaults through.
        params: new URLSearchParams(),
        headers: { ...request.headers },
        // Somebody's mock of axios goes on working.
        adapter: mockOf(this.http) ?? ((config) => this.#adapt(config, request.headers)),
        signal,
        timeout: 0,
        maxRedirects: 0,
        responseType: 'arraybuffer',
        transformRequest: [],
        transformResponse: [],
        validateStatus: null,
      });
      // The deadline holds for interceptors and mocks too, which may not look at the signal.
      return await firstValueFrom(reply$.pipe(takeUntil(fromEvent(signal, 'abort'))));
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
      // Its time was eaten by other calls of ours where it had to wait for a socket.
      throw new TransportError(this.#queued.has(signal) ? 'TIMEOUT_IN_QUEUE' : 'TIMEOUT');
    }
  }

  async #adapt(config: InternalAxiosRequestConfig, given: DoorRequest['headers']): Promise<AxiosResponse> {
    const { origin, pathname, search } = new URL(this.http.axiosRef.getUri(config));
    const { signal } = config;
    const request = { origin, path: pathname + search, headers: this.#ownHeaders(config, given) };
    const { status, data } = await this.transport.get(request, (exchange) => {
      if (signal === undefined) return;
      if (exchange.isQueued) this.#queued.add(signal);
      const expire = (): void => {
        exchange.expire();
      };
      if (signal.aborted) expire();
      else signal.addEventListener?.('abort', expire);
    });
    return { status, statusText: '', headers: {}, data, config };
  }

  /**
   * The application's axios may serve other calls too: a token somebody made a default of it is not NAVER's business.
   * The credentials are, though other APIs of NAVER's may have made defaults of the same.
   */
  #ownHeaders(
    { headers }: InternalAxiosRequestConfig,
    given: DoorRequest['headers'],
  ): Record<string, string> {
    const { common, get } = this.http.axiosRef.defaults.headers;
    const ours = new Set(Object.keys(given).map((name) => name.toLowerCase()));
    const own: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers.toJSON())) {
      if (typeof value !== 'string') continue;
      const isDefault = common[name] === value || get[name] === value;
      if (!isDefault || ours.has(name.toLowerCase())) own[name] = value;
    }
    return own;
  }
}

type AxiosRef = HttpService['axiosRef'];

/** No adapter of somebody's, and no interceptor; a mock of axios may have no place for them. */
function isPlain({ defaults, interceptors }: Partial<AxiosRef>): boolean {
  if (defaults === undefined || typeof defaults.adapter === 'function') return false;
  return isEmpty(interceptors?.request) && isEmpty(interceptors?.response);
}

/** Axios's own adapters are there by name. */
function mockOf({ axiosRef }: Partial<HttpService>): AxiosAdapter | undefined {
  const { defaults }: Partial<AxiosRef> = axiosRef ?? {};
  const adapter = defaults?.adapter;
  return typeof adapter === 'function' ? adapter : undefined;
}

function methodOf(target: object, name: string): object | undefined {
  const method: unknown = Reflect.get(target, name);
  return typeof method === 'function' ? method : undefined;
}

/** Ejected interceptors leave a hole. */
function isEmpty(manager: object | undefined): boolean {
  if (manager === undefined) return false;
  const handlers: unknown = Reflect.get(manager, 'handlers');
  return Array.isArray(handlers) && handlers.every((handler) => handler === null);
}

/** Spies and mocks carry methods of their own, and are written otherwise than what axios makes. */
function isAxiosOwn(request: object | undefined, another: () => object): boolean {
  if (request === undefined || Object.keys(request).length > 0) return false;
  try {
    const others = methodOf(another(), 'request');
    // A mock that makes itself has nothing to be compared with.
    return others !== request && sourceOf(request) === sourceOf(others);
  } catch {
    // Axios itself is a mock.
    return false;
  }
}

function sourceOf(method: object | undefined): string {
  return Function.prototype.toString.call(method);
}
