import { expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { x } from 'nestjs-naver-captcha';
it('works', async () => {
  expect(x).toBe(1);
  expect(await Test.createTestingModule({}).compile()).toBeDefined();
});
