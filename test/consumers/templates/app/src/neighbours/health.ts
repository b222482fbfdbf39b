import { Controller, Get, Inject, Module } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { NaverCaptchaModule, NaverCaptchaService } from 'nestjs-naver-captcha';
import { CaptchaHealthIndicator } from 'nestjs-naver-captcha/terminus';

import { start } from '../running-app.js';

const DAILY_QUOTA = 10;

@Controller('health')
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(CaptchaHealthIndicator) private readonly captcha: CaptchaHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([() => this.captcha.isHealthy('captcha')]);
  }
}

@Module({
  imports: [
    NaverCaptchaModule.forRoot({ dailyQuota: DAILY_QUOTA }),
    TerminusModule.forRoot({ logger: false }),
  ],
  controllers: [HealthController],
  providers: [CaptchaHealthIndicator],
})
class HealthModule {}

/** `node health.js express`: what the endpoint says before and after the day's quota is used up, as JSON. */
async function main(adapter: string | undefined): Promise<void> {
  const running = await start(HealthModule, adapter);
  const health = async (): Promise<object> => {
    const reply = await fetch(`${running.url}/health`);
    return { status: reply.status, body: (await reply.json()) as unknown };
  };
  const fresh = await health();
  const service = running.app.get(NaverCaptchaService, { strict: false });
  for (let made = 0; made < DAILY_QUOTA / 2; made += 1) await service.createChallenge();
  const usedUp = await health();
  await running.close();
  process.stdout.write(JSON.stringify({ fresh, usedUp }));
}

void main(process.argv[2]);
