import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { inspect } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpModule, HttpService } from '@nestjs/axios';
import { CaptchaUnavailableException, NaverCaptchaModule } from 'nestjs-naver-captcha';
import { getGlobalDispatcher, ProxyAgent, setGlobalDispatcher } from 'undici';

import { startApp } from '../support/app.ts';
import { withEnvironment } from '../support/environment.ts';
import { KeptLogs } from '../support/logs.ts';
import { json, ReplayServer } from '../support/replay-server.ts';
import { CLIENT_ID, CLIENT_SECRET, startReplayedApp } from '../support/replayed-app.ts';

const KEY = 't521bp3qM7Qyk2X2';
const PASSWORD = 'a-password-nobody-may-see';
/** No proxy of this machine's own environment takes part. */
const NO_PROXIES = {
  HTTP_PROXY: undefined,
  HTTPS_PROXY: undefined,
  NO_PROXY: undefined,
  http_proxy: undefined,
  https_proxy: undefined,
  no_proxy: undefined,
};

/** A forward proxy that opens every tunnel to the replay server, whatever host is asked for. */
class ConnectProxy implements AsyncDisposable {
  readonly tunnels: (string | undefined)[] = [];
  readonly credentials: (string | undefined)[] = [];
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    target: string,
    reply: 'open' | 'refuse' | 'nothing',
  ) {
    server.on('connect', (request, socket, head) => {
      this.tunnels.push(request.url);
      this.credentials.push(request.headers['proxy-authorization']);
      socket.on('error', () => undefined);
      if (reply === 'nothing') return;
      if (reply === 'refuse') {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      const onward = connect(Number(new URL(target).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        onward.write(head);
        socket.pipe(onward).pipe(socket);
      });
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    });
    server.on('connection', (socket) => this.#sockets.add(socket));
  }

  static async start(naver: ReplayServer, reply: 'open' | 'refuse' | 'nothing' = 'open') {
    const proxy = new ConnectProxy(createServer(), naver.url, reply);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get urlWithPassword(): string {
    return this.url.replace('//', `//corp:${PASSWORD}@`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

let naver: ReplayServer;
let proxy: ConnectProxy;

beforeEach(async () => {
  naver = await ReplayServer.start(json({ key: KEY }));
  proxy = await ConnectProxy.start(naver);
});

afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  await naver[Symbol.asyncDispose]();
});

const issue = (app: Awaited<ReturnType<typeof startReplayedApp>>) => app.client.issueKey('image');

describe.each([
  ['straight through undici', {}],
  ["through the application's HttpService", { throughHttpService: true }],
])('a forward proxy, %s,', (_, way) => {
  it.each([
    ['the option', { proxy: true }, {}],
    ['NAVER_CAPTCHA_PROXY', {}, ['NAVER_CAPTCHA_PROXY']],
    ['HTTP_PROXY', {}, ['HTTP_PROXY']],
    ['http_proxy', {}, ['http_proxy']],
  ])('named by %s is used', async (_name, option, variables) => {
    const { url } = proxy;
    const environment = Object.fromEntries(Object.values(variables).map((name) => [name, url]));
    const options = 'proxy' in option ? { proxy: url } : {};
    await withEnvironment({ ...NO_PROXIES, ...environment }, async () => {
      await using app = await startReplayedApp('http://naver.test', options, way);

      expect(await issue(app)).toBe(KEY);
      expect(await issue(app)).toBe(KEY);
    });
    expect(proxy.tunnels[0]).toBe('naver.test:80');
    expect(naver.requests[0]?.headers).toMatchObject({
      host: 'naver.test',
      'x-naver-client-id': CLIENT_ID,
      'x-naver-client-secret': CLIENT_SECRET,
    });
  });

  it('gets user and password, and NAVER does not', async () => {
    await using app = await startReplayedApp('http://naver.test', { proxy: proxy.urlWithPassword }, way);
    await issue(app);

    expect(proxy.credentials).toEqual([`Basic ${Buffer.from(`corp:${PASSWORD}`).toString('base64')}`]);
    expect(naver.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });
});

describe('the environment of a forward proxy', () => {
  it('HTTPS_PROXY is for https:', async () => {
    await withEnvironment(
      { ...NO_PROXIES, HTTPS_PROXY: proxy.url, HTTP_PROXY: 'http://127.0.0.1:1' },
      async () => {
        await using app = await startReplayedApp('https://naver.test');
        await expect(issue(app)).rejects.toThrow(CaptchaUnavailableException);
      },
    );
    expect(proxy.tunnels[0]).toBe('naver.test:443');
  });

  it('NO_PROXY keeps its hosts from the proxy', async () => {
    await withEnvironment(
      { ...NO_PROXIES, HTTP_PROXY: proxy.url, NO_PROXY: '.example,naver.test' },
      async () => {
        await using app = await startReplayedApp('http://naver.test', { timeoutMs: 2000 });
        await expect(issue(app)).rejects.toThrow(/naver\.test/);
      },
    );
    expect(proxy.tunnels).toEqual([]);
  });

  it('is not for an emulator on this machine', async () => {
    await withEnvironment({ ...NO_PROXIES, HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url }, async () => {
      await using app = await startReplayedApp(naver);
      expect(await issue(app)).toBe(KEY);
    });
    expect(proxy.tunnels).toEqual([]);
  });

  it('may leave out the scheme, as for other programs', async () => {
    await withEnvironment({ ...NO_PROXIES, HTTP_PROXY: proxy.url.replace('http://', '') }, async () => {
      await using app = await startReplayedApp('http://naver.test');
      expect(await issue(app)).toBe(KEY);
    });
    expect(proxy.tunnels).toEqual(['naver.test:80']);
  });

  it('stops the boot where it is no URL, with the remedy and without the value', async () => {
    await withEnvironment({ ...NO_PROXIES, HTTPS_PROXY: `ftp://corp:${PASSWORD}@proxy` }, async () => {
      const error: unknown = await startReplayedApp('https://naver.test').catch((thrown: unknown) => thrown);
      expect(String(error)).toMatch(/HTTPS_PROXY must be the http: or https: URL of a forward proxy/);
      expect(inspect(error)).not.toContain(PASSWORD);
    });
  });
});

describe('a forward proxy that does not let calls through', () => {
  it('is named with what to do, without its password, and the comparison is sent again', async () => {
    await using closed = await ConnectProxy.start(naver, 'refuse');
    const logger = new KeptLogs();
    await using app = await startReplayedApp(
      'http://naver.test',
      { proxy: closed.urlWithPassword },
      { gated: true, logger },
    );
    const error: unknown = await app.client.compare('image', KEY, 'A').catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ upstream: { code: 'PROXY_407' } });
    expect(String(error)).toContain(`naver.test through the forward proxy ${new URL(closed.url).host}`);
    expect(String(error)).toContain('user and password');
    expect(closed.tunnels.length).toBeGreaterThan(1);
    expect(logger.of('warn').join()).toContain('PROXY_407');
    const { options } = app.client as unknown as { options: unknown };
    for (const printed of [inspect(error, { depth: 9 }), inspect(options), logger.lines.join()]) {
      expect(printed).not.toContain(PASSWORD);
    }
  });

  it('and says nothing holds up neither calls nor the end of the application', async () => {
    await using silent = await ConnectProxy.start(naver, 'nothing');
    const app = await startReplayedApp('http://naver.test', { proxy: silent.url, timeoutMs: 50 });

    await expect(issue(app)).rejects.toThrow(/TIMEOUT/);
    await app.app.close();
  });

  it('is refused at boot if it is no URL', async () => {
    await expect(startReplayedApp(naver, { proxy: 'http://user:50%off@127.0.0.1' })).rejects.toThrow(
      'must be the http: or https: URL of a forward proxy',
    );
    await expect(startReplayedApp(naver, { proxy: 'socks5://127.0.0.1' })).rejects.toThrow(
      /proxy \(or NAVER_CAPTCHA_PROXY\) must be the http: or https: URL/,
    );
  });
});

describe('a forward proxy that only other calls use', () => {
  class HttpsProxyAgent {}
  const before = getGlobalDispatcher();
  afterEach(() => {
    setGlobalDispatcher(before);
  });

  const warningsWith = async (config: object, proxied = false): Promise<string[]> => {
    const logger = new KeptLogs();
    await using app = await startApp({
      imports: [
        NaverCaptchaModule.forRootAsync({
          imports: [HttpModule.register(config)],
          inject: [HttpService],
          useFactory: (httpService: HttpService) => ({
            httpService,
            clientId: CLIENT_ID,
            clientSecret: CLIENT_SECRET,
            baseUrl: proxied ? 'http://naver.test' : naver.url,
            proxy: proxied ? proxy.url : undefined,
          }),
        }),
      ],
      logger,
    });
    const { NaverCaptchaClient } = await import('nestjs-naver-captcha');
    await app.get(NaverCaptchaClient).issueKey('image');
    await app.get(NaverCaptchaClient).issueKey('image');
    return logger.of('warn').filter((line) => line.includes('CAPTCHA_PROXY'));
  };

  it.each([
    ['proxy', { proxy: { host: '127.0.0.1', port: 1 } }],
    ['httpsAgent', { httpsAgent: new HttpsProxyAgent() }],
    ['httpAgent', { httpAgent: new HttpsProxyAgent() }],
  ])('is warned about once: HttpModule.register({ %s })', async (name, config) => {
    const warnings = await warningsWith(config);

    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`\`${name}\``);
    expect(warnings[0]).toContain('set HTTPS_PROXY');
  });

  it('is not warned about where there is none, or calls go through one', async () => {
    const { Agent } = await import('node:https');
    expect(await warningsWith({ proxy: false, httpsAgent: new Agent({ keepAlive: true }) })).toEqual([]);
    expect(await warningsWith({ proxy: { host: '127.0.0.1', port: 1 } }, true)).toEqual([]);
  });

  it('is warned about in an interceptor', async () => {
    const logger = new KeptLogs();
    const { default: axios } = await import('axios');
    const instance = axios.create();
    instance.interceptors.request.use((config) =>
      Object.assign(config, { proxy: { host: '127.0.0.1', port: 1 } }),
    );
    await using app = await startReplayedApp(naver, { httpService: new HttpService(instance) }, { logger });
    await issue(app);

    expect(logger.of('warn').filter((line) => line.includes("axios's `proxy`"))).toHaveLength(1);
  });

  it('is warned about in setGlobalDispatcher()', async () => {
    const logger = new KeptLogs();
    const agent = new ProxyAgent(proxy.url);
    setGlobalDispatcher(agent);
    await using app = await startReplayedApp(naver, {}, { logger });
    await issue(app);
    await agent.close();

    expect(logger.of('warn').filter((line) => line.includes('setGlobalDispatcher()'))).toHaveLength(1);
    expect(proxy.tunnels).toEqual([]);
  });
});
