import { ApiProperty } from '@nestjs/swagger';
import { IsEmail, IsString, Length, Matches } from 'class-validator';

export class SignupDto {
  @ApiProperty({ maxLength: 40 })
  @IsString({ message: '이름을 입력해 주세요.' })
  @Matches(/\S/, { message: '이름을 입력해 주세요.' })
  @Length(1, 40, { message: '이름은 40자까지 쓸 수 있습니다.' })
  name!: string;

  @ApiProperty({ format: 'email' })
  @IsEmail({}, { message: '이메일 주소를 확인해 주세요.' })
  email!: string;

  @ApiProperty({ format: 'password', minLength: 8, maxLength: 72 })
  @IsString({ message: '비밀번호를 입력해 주세요.' })
  @Length(8, 72, { message: '비밀번호는 8자 이상 72자 이하로 정해 주세요.' })
  password!: string;
}
