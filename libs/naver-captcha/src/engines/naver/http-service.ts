import { HttpService } from '@nestjs/axios';
import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import { firstValueFrom, fromEvent, takeUntil } from 'rxjs';

import type { Deadline } from '../../deadline.js';
import { type RawReply, TransportError } from './exchange.js';
import type { NaverTransport } from './transport.js';
import type { UnusedProxies } from './unused-proxies.js';
import type { NaverReply } from './wire-format.js';

// Only types of axios: on Nest 10 and 11 HttpService requires its CommonJS build, and the other would cost start time.

type Headers = Readonly<Record<string, string>>;

/** One request, in the parts that axios takes. */
export interface HttpServiceRequest {
  readonly baseURL: string;
  readonly url: string;
  readonly headers: Headers;
}

/**
 * The `HttpService` that calls to NAVER go through: the one in the options, else the injected one if a test replaced
 * it. Returns undefined if there is neither, and calls then use the transport alone, in a fifth of the time.
 */
export function chooseHttpService(
  given: HttpService | undefined,
  injected: HttpService,
): HttpService | undefined {
  const isMadeByNest = Object.getPrototypeOf(injected) === HttpService.prototype;
  return given ?? (isMadeByNest ? undefined : injected);
}

/** Sends a request through an `HttpService` and its interceptors, and from its adapter through the transport. */
export async function sendThrough(
  http: HttpService,
  request: HttpServiceRequest,
  deadline: Deadline,
  { transport, unusedProxies }: { readonly transport: NaverTransport; readonly unusedProxies: UnusedProxies },
): Promise<NaverReply> {
  const { signal } = deadline;
  const progress = { isQueued: false };
  const adapter: AxiosAdapter = async (config) => {
    unusedProxies.lookAt(config);
    const { origin, pathname, search } = new URL(http.axiosRef.getUri(config));
    const headers = withoutDefaults(http, config, request.headers);
    const reply = await transport.get({ origin, path: pathname + search, headers }, (exchange) => {
      progress.isQueued = exchange.isQueued;
      deadline.listener = () => {
        exchange.expire();
      };
    });
    return axiosResponse(config, reply);
  };
  try {
    // Every setting is given with the call, because the application's defaults are for its other calls.
    const reply$ = http.request<unknown>({
      ...request,
      method: 'get',
      // Axios would replace undefined with the default.
      params: new URLSearchParams(),
      headers: { ...request.headers },
      adapter: adapterOf(http) ?? adapter,
      signal,
      timeout: 0,
      maxRedirects: 0,
      responseType: 'arraybuffer',
      transformRequest: [],
      transformResponse: [],
      validateStatus: null,
    });
    // Interceptors and mocks may ignore the signal, and the deadline holds for them, too.
    return await firstValueFrom(reply$.pipe(takeUntil(fromEvent(signal, 'abort'))));
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    throw new TransportError(progress.isQueued ? 'TIMEOUT_IN_QUEUE' : 'TIMEOUT');
  }
}

/** The application's own adapter, such as that of a mock. Returns undefined if it names one of axios's adapters. */
function adapterOf({ axiosRef }: Partial<HttpService>): AxiosAdapter | undefined {
  const { defaults }: Partial<HttpService['axiosRef']> = axiosRef ?? {};
  const adapter = defaults?.adapter;
  return typeof adapter === 'function' ? adapter : undefined;
}

/**
 * The headers without those that are a default of the application's axios: a token for another service must not reach
 * NAVER. The credentials stay, even if the application made the same ones a default for another API of NAVER.
 */
function withoutDefaults(
  { axiosRef }: HttpService,
  { headers }: InternalAxiosRequestConfig,
  given: Headers,
): Headers {
  const { common, get } = axiosRef.defaults.headers;
  const credentials = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers.toJSON())) {
    if (typeof value !== 'string') continue;
    const isDefault = common[name] === value || get[name] === value;
    if (!isDefault || credentials.has(name.toLowerCase())) kept[name] = value;
  }
  return kept;
}

function axiosResponse(config: InternalAxiosRequestConfig, { status, data }: RawReply): AxiosResponse {
  return { status, statusText: '', headers: {}, data, config };
}
