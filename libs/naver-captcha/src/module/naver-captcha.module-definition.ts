import { HttpModule } from '@nestjs/axios';
import { ConfigurableModuleBuilder, type Type } from '@nestjs/common';

import type { CaptchaRoutesOptions } from '../routes/captcha-routes-options.js';
import { challengeController } from '../routes/challenge.controller.js';
import type { NaverCaptchaModuleExtras, NaverCaptchaModuleOptions } from './naver-captcha-options.js';

const extras: NaverCaptchaModuleExtras = { isGlobal: true, routes: false };

// alwaysTransient: Nest 10 merges two modules whose factories have the same source text.
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<NaverCaptchaModuleOptions>({
    moduleName: 'NaverCaptcha',
    // Nest names this if the class is imported without its options.
    optionsInjectionToken: 'NaverCaptchaModuleOptions (import NaverCaptchaModule.forRoot(), not the class)',
    alwaysTransient: true,
  })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createNaverCaptchaOptions')
    .setExtras(extras, (definition, { isGlobal, routes }) => ({
      ...definition,
      // Last, so that `inject: [HttpService]` gets the one of the application's HttpModule.register(). Without one this is
      // what a test replaces: calls do not go through the one that Nest makes.
      imports: [...(definition.imports ?? []), HttpModule],
      global: isGlobal ?? true,
      controllers: controllersOf(routes ?? false),
    }))
    .build();

function controllersOf(routes: CaptchaRoutesOptions | boolean): Type[] {
  if (routes === false) return [];
  return [challengeController(routes === true ? {} : routes)];
}
