import { IsOptional, IsString, MaxLength } from 'class-validator';

import { MAX_KEY_LENGTH, MAX_VALUE_LENGTH } from '../challenge/answer.js';

/**
 * The two fields of an answer, for DTOs that declare them: `class SignupDto extends CaptchaAnswerDto`. They are
 * optional, because the guard has checked them and removed them from the body before pipes run.
 */
export class CaptchaAnswerDto {
  @IsOptional()
  @IsString()
  @MaxLength(MAX_KEY_LENGTH)
  captchaKey?: string;

  @IsOptional()
  @IsString()
  @MaxLength(MAX_VALUE_LENGTH)
  captchaValue?: string;
}
