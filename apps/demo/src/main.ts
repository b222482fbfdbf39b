import { x } from 'nestjs-naver-captcha';
import { Injectable } from '@nestjs/common';
@Injectable()
export class A {}
console.log(x);
