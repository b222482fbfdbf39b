import { startNaverCaptchaEmulator } from 'naver-captcha-emulator';

const emulator = await startNaverCaptchaEmulator({ port: 4010 });
console.log(emulator.url);
