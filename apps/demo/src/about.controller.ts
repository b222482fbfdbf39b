import { Controller, Get } from '@nestjs/common';

/** The page shows visitors whether NAVER or the emulator makes the pictures. */
@Controller('about')
export class AboutController {
  @Get()
  about(): { emulator: string | null } {
    return { emulator: process.env['DEMO_EMULATOR_URL'] ?? null };
  }
}
