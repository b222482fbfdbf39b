import type { LoggerService } from '@nestjs/common';

/** A logger for `app.useLogger` that records its lines. */
export class KeptLogs implements LoggerService {
  readonly lines: string[] = [];

  log(message: unknown): void {
    this.lines.push(`log ${String(message)}`);
  }

  warn(message: unknown): void {
    this.lines.push(`warn ${String(message)}`);
  }

  error(message: unknown): void {
    this.lines.push(`error ${String(message)}`);
  }

  /** The lines of a level, such as the warnings. */
  of(level: 'log' | 'warn' | 'error'): string[] {
    return this.lines.filter((line) => line.startsWith(`${level} `));
  }
}
