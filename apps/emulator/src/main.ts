import { x } from 'naver-captcha-emulator';
console.log(x);
