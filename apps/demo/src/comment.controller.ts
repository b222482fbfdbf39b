import { Body, Controller, Post } from '@nestjs/common';
import { RequireCaptcha } from 'nestjs-naver-captcha';

import { CommentDto } from './comment.dto.js';

@Controller('comment')
export class CommentController {
  /** The browser works while the visitor writes; who comments often gets a picture. */
  @Post()
  @RequireCaptcha({ action: 'comment', kinds: ['work', 'image', 'audio'], validate: CommentDto })
  add(@Body() { comment }: CommentDto): CommentDto {
    // A real application would save the comment here.
    return { comment };
  }
}
