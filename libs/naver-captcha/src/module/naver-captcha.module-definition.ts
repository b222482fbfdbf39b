import { ConfigurableModuleBuilder } from '@nestjs/common';

import type { NaverCaptchaModuleExtras, NaverCaptchaModuleOptions } from './naver-captcha-options.js';

const extras: NaverCaptchaModuleExtras = { isGlobal: true };

// alwaysTransient: Nest 10 takes two factories that look alike for one module.
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<NaverCaptchaModuleOptions>({
    moduleName: 'NaverCaptcha',
    alwaysTransient: true,
  })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createNaverCaptchaOptions')
    .setExtras(extras, (definition, { isGlobal }) => ({ ...definition, global: isGlobal ?? true }))
    .build();
