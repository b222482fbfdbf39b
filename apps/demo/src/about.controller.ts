import { Controller, Get } from '@nestjs/common';

/** Tells the page whom it talks to, so that it can say so. */
@Controller('about')
export class AboutController {
  @Get()
  about(): { emulator: string | null } {
    return { emulator: process.env['DEMO_EMULATOR_URL'] ?? null };
  }
}
