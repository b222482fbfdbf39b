import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length, Matches } from 'class-validator';

export class CommentDto {
  @ApiProperty({ maxLength: 300 })
  @IsString({ message: '댓글을 입력해 주세요.' })
  @Matches(/\S/, { message: '댓글을 입력해 주세요.' })
  @Length(1, 300, { message: '댓글은 300자까지 쓸 수 있습니다.' })
  comment!: string;
}
