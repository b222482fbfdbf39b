import { createHash, timingSafeEqual } from 'node:crypto';

import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';

/** The body is unchecked: guards run before pipes. */
export interface LoginRequest {
  readonly ip: string;
  readonly body?: { readonly email?: unknown; readonly password?: unknown } | undefined;
}

/** The account that the log-in page shows to every visitor. */
const ACCOUNT = { email: 'demo@example.com', password: 'correct horse' };

/** Normalizes the email, so that failures with different spellings count for the same account. */
export function emailOf({ body }: LoginRequest): string {
  return typeof body?.email === 'string' ? body.email.trim().toLowerCase() : '';
}

@Injectable()
export class PasswordGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<LoginRequest>();
    const password = typeof request.body?.password === 'string' ? request.body.password : '';
    // A real application would compare with a slow hash, also if the account does not exist.
    const knows = isSame(password, ACCOUNT.password);
    if (emailOf(request) === ACCOUNT.email && knows) return true;
    throw new UnauthorizedException('이메일이나 비밀번호가 올바르지 않습니다.');
  }
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
