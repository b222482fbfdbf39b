import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

import { HttpModule, HttpService } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { NaverCaptchaModule } from 'nestjs-naver-captcha';
import { firstValueFrom } from 'rxjs';

import { SignupController } from './app.module.js';
import { start } from './running-app.js';

/** The application calls NAVER and another service with the same HttpService. */
@Module({
  imports: [
    HttpModule,
    NaverCaptchaModule.forRootAsync({
      routes: true,
      imports: [HttpModule],
      inject: [HttpService],
      useFactory: (httpService: HttpService) => ({ httpService }),
    }),
  ],
  controllers: [SignupController],
})
class SharingModule {}

/** What servers of this process heard as `Authorization`: NAVER's emulator, and others. */
function listen(): Readonly<Record<'naver' | 'others', Set<string>>> {
  const heard = { naver: new Set<string>(), others: new Set<string>() };
  subscribe('http.server.request.start', (message) => {
    const { headers } = (message as { request: IncomingMessage }).request;
    const hearer = 'x-naver-client-id' in headers ? heard.naver : heard.others;
    hearer.add(headers.authorization ?? 'none');
  });
  return heard;
}

/** `node shared-axios.js express`: a sign-up where axios has a default header and an interceptor, as JSON. */
async function main(adapter: string | undefined): Promise<void> {
  const heard = listen();
  const running = await start(SharingModule, adapter);
  const { app, person, url } = running;
  const http = app.get(HttpService);
  http.axiosRef.defaults.headers.common.Authorization = 'Bearer of-another-service';
  http.axiosRef.interceptors.request.use((config) => config);

  const right = await person.signUp({ name: 'Kim', ...(await person.read()) });
  await firstValueFrom(http.get(`${url}/captcha/widget.js`));
  await running.close();
  process.stdout.write(
    JSON.stringify({ right, heard: { naver: [...heard.naver], others: [...heard.others] } }),
  );
}

void main(process.argv[2]);
