// Never run: this shows that TypeScript finds the types of every door, also where it does not read `exports`.
import type * as opentelemetry from 'nestjs-naver-captcha/opentelemetry';
import { RedisCaptchaStore, type RedisCaptchaStoreOptions } from 'nestjs-naver-captcha/redis';
import type * as standby from 'nestjs-naver-captcha/standby';
import type * as swagger from 'nestjs-naver-captcha/swagger';
import type * as terminus from 'nestjs-naver-captcha/terminus';
import type * as testing from 'nestjs-naver-captcha/testing';

export type Doors = [typeof opentelemetry, typeof standby, typeof swagger, typeof terminus, typeof testing];

export function store({ client }: RedisCaptchaStoreOptions): RedisCaptchaStore {
  return new RedisCaptchaStore({ client });
}
