import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';

import { ADAPTERS } from '../support/app.ts';
import { startBrowser } from '../support/browser.ts';
import { startDemo } from '../support/demo.ts';

describe.each(ADAPTERS)('the OpenAPI document of the demo on %s', (adapter) => {
  it('is valid, and shows the captcha where there is one', async () => {
    await using demo = await startDemo({ DEMO_ADAPTER: adapter });
    const document = (await (await fetch(`${demo.url}/api-json`)).json()) as Record<string, unknown>;

    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    const body = (schema: unknown): object => ({
      requestBody: { content: { 'application/json': { schema } } },
      responses: {
        '400': { content: { 'application/json': { examples: { CAPTCHA_WRONG: expect.anything() } } } },
        '503': { headers: { 'Retry-After': expect.anything() } },
      },
    });
    const answer = { $ref: '#/components/schemas/CaptchaAnswer' };
    expect(document).toMatchObject({
      paths: {
        '/signup': { post: body({ allOf: [{ $ref: '#/components/schemas/SignupDto' }, answer] }) },
        '/login': {
          post: body({ allOf: [expect.anything(), { $ref: '#/components/schemas/OptionalCaptchaAnswer' }] }),
        },
        '/live/try': { post: body(answer) },
      },
      components: {
        schemas: {
          SignupDto: { required: ['name', 'email', 'password'] },
          CaptchaAnswer: { required: ['captchaKey', 'captchaValue'] },
        },
      },
    });
    expect(document).not.toHaveProperty(['paths', '/about', 'get', 'responses', '400']);
  });

  it('is shown by a page that its content security policy lets be', async () => {
    await using demo = await startDemo({ DEMO_ADAPTER: adapter });
    const browser = await startBrowser();
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`${demo.url}/api`);
      await page.locator('#operations-Signup-SignupController_signUp').click();
      await page.getByText('"captchaKey"').first().waitFor();

      expect(complaints).toEqual([]);
      expect(await page.locator('.topbar').evaluate((bar) => getComputedStyle(bar).display)).toBe('block');
    } finally {
      await browser.close();
    }
  });

  it('leaves the policy of every other page as strict as it was', async () => {
    await using demo = await startDemo({ DEMO_ADAPTER: adapter });
    const policyOf = async (path: string): Promise<string> =>
      (await fetch(demo.url + path)).headers.get('content-security-policy') ?? '';

    for (const path of ['/api', '/api/', '/api/index.html', '/api?x=1']) {
      expect(await policyOf(path)).toMatch(/style-src 'self' 'unsafe-inline'; img-src 'self' data:$/);
      expect(await policyOf(path)).not.toContain('script-src');
    }
    for (const path of ['/', '/?/api', '/api-json', '/apis', '/api/swagger-ui.css', '/live.html', '//api']) {
      expect(await policyOf(path)).toBe(
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
      );
    }
  });
});
