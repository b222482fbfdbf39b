import { IsOptional, IsString, MaxLength } from 'class-validator';

/**
 * The two fields of an answer, for DTOs that declare them: `class SignupDto extends CaptchaAnswerDto`. They are
 * optional because the guard, which has checked them, takes them out of the body before pipes run.
 */
export class CaptchaAnswerDto {
  @IsOptional()
  @IsString()
  @MaxLength(160)
  captchaKey?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  captchaValue?: string;
}
