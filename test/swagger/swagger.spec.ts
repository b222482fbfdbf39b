import {
  All,
  Body,
  Controller,
  Delete,
  Get,
  type INestApplication,
  Injectable,
  Module,
  Patch,
  Post,
  Scope,
  SetMetadata,
  type Type,
  UseGuards,
  Version,
  VersioningType,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  ApiBody,
  ApiConsumes,
  ApiExcludeEndpoint,
  ApiExtension,
  ApiHeader,
  ApiProperty,
  ApiResponse,
  DocumentBuilder,
  type OpenAPIObject,
  SwaggerModule,
} from '@nestjs/swagger';
import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import {
  MemoryCaptchaStore,
  CaptchaGuard,
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  RequireCaptcha,
  SkipCaptcha,
} from 'nestjs-naver-captcha';
import { createDocumentWithCaptcha } from 'nestjs-naver-captcha/swagger';

import { ADAPTERS, type AppSetup, postJson, startApp } from '../support/app.ts';

const CREDENTIALS = { clientId: 'id', clientSecret: 'secret' };
const CONFIG = new DocumentBuilder().setTitle('Shop').build();
const FIELDS = ['captchaKey', 'captchaValue'];

class SignupDto {
  @ApiProperty()
  name!: string;
}

interface Documented {
  readonly document: OpenAPIObject;
  readonly paths: OpenAPIObject['paths'];
  readonly schemas: Record<string, unknown>;
}

/** The document of an application, which must be valid. */
async function documented(
  setup: AppSetup & { readonly options?: NaverCaptchaModuleOptions },
  make: (app: INestApplication) => OpenAPIObject = (app) => createDocumentWithCaptcha(app, CONFIG),
): Promise<Documented> {
  const { options, imports = [], ...rest } = setup;
  await using running = await startApp({
    imports: [NaverCaptchaModule.forRoot({ ...CREDENTIALS, ...options }), ...imports],
    ...rest,
  });
  const document = make(running.app);
  const text = JSON.stringify(document);
  const { valid, errors } = await new Validator().validate(JSON.parse(text) as Record<string, unknown>);
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  expect(text).not.toContain('x-nestjs-naver-captcha');
  return { document, paths: document.paths, schemas: document.components?.schemas ?? {} };
}

function jsonSchema(operation: OpenAPIObject['paths'][string]['post'], type = 'application/json'): unknown {
  const body = operation?.requestBody;
  return body === undefined || '$ref' in body ? undefined : body.content[type]?.schema;
}

function headersOf(operation: OpenAPIObject['paths'][string]['post']): [string, boolean | undefined][] {
  const found: [string, boolean | undefined][] = [];
  for (const parameter of operation?.parameters ?? []) {
    if ('in' in parameter && parameter.in === 'header') found.push([parameter.name, parameter.required]);
  }
  return found;
}

const REF = { $ref: '#/components/schemas/CaptchaAnswer' };
const OPTIONAL_REF = { $ref: '#/components/schemas/OptionalCaptchaAnswer' };

describe.each(ADAPTERS)('an OpenAPI document on %s', (adapter) => {
  it('shows the two fields beside those of a body, and what is refused', async () => {
    @Controller('signup')
    class SignupController {
      @Post()
      @RequireCaptcha({ action: 'signup' })
      signUp(@Body() body: SignupDto): SignupDto {
        return body;
      }
    }
    const { paths, schemas } = await documented({ adapter, controllers: [SignupController] });
    const operation = paths['/signup']?.post;

    expect(operation?.requestBody).toMatchObject({ required: true });
    expect(jsonSchema(operation)).toEqual({ allOf: [{ $ref: '#/components/schemas/SignupDto' }, REF] });
    expect(schemas['CaptchaAnswer']).toMatchObject({ required: FIELDS });
    expect(headersOf(operation)).toEqual([]);
    expect(Object.keys(operation?.responses ?? {})).toEqual(['201', '400', '429', '500', '503']);
    expect(operation?.responses['400']).toMatchObject({
      description:
        'Refused by the captcha: CAPTCHA_MISSING, CAPTCHA_MALFORMED, CAPTCHA_WRONG, CAPTCHA_EXPIRED, CAPTCHA_INVALID, CAPTCHA_USED.',
    });
    expect(operation?.responses['500']).toMatchObject({
      description: expect.stringContaining('MISCONFIGURED'),
    });
    expect(operation?.responses['503']).toMatchObject({
      description: 'Refused by the captcha: CAPTCHA_UNAVAILABLE, CAPTCHA_QUOTA_EXCEEDED.',
      headers: { 'Retry-After': { schema: { type: 'integer' } } },
    });
    expect(schemas['CaptchaRefusal']).toMatchObject({
      required: ['statusCode', 'error', 'message', 'code'],
      properties: { code: { enum: expect.arrayContaining(['CAPTCHA_WRONG', 'CAPTCHA_MISCONFIGURED']) } },
    });
  });

  it('shows each refusal as it is really sent', async () => {
    @Controller('signup')
    @RequireCaptcha()
    class SignupController {
      @Post()
      signUp(): void {
        // No request gets here.
      }
    }
    await using running = await startApp({
      adapter,
      imports: [
        NaverCaptchaModule.forRoot({
          ...CREDENTIALS,
          statuses: { CAPTCHA_MISSING: 422 },
          messages: { CAPTCHA_MISSING: { ko: '비었습니다.' } },
        }),
      ],
      controllers: [SignupController],
    });
    const { paths } = createDocumentWithCaptcha(running.app, CONFIG);
    const sent = await postJson(`${running.url}/signup`, {});

    expect(sent.status).toBe(422);
    expect(paths['/signup']?.post?.responses['422']).toMatchObject({
      content: { 'application/json': { examples: { CAPTCHA_MISSING: { value: sent.body } } } },
    });
  });

  it('shows the headers where a guard sees no body', async () => {
    @Controller()
    @RequireCaptcha()
    class FilesController {
      @Get('files')
      read(): void {
        // Not run.
      }

      @Post('files')
      @ApiConsumes('multipart/form-data')
      @ApiBody({ schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } } } })
      upload(): void {
        // Not run.
      }

      @Post('lists')
      @ApiBody({ type: [SignupDto] })
      list(): void {
        // Not run.
      }

      @Patch('files')
      @ApiConsumes('multipart/form-data', 'application/json', 'application/x-www-form-urlencoded')
      either(@Body() body: SignupDto): SignupDto {
        return body;
      }

      @Delete('files')
      remove(): void {
        // Not run.
      }
    }
    const { paths } = await documented({ adapter, controllers: [FilesController] });
    const required = [
      ['x-captcha-key', true],
      ['x-captcha-value', true],
    ];

    expect(headersOf(paths['/files']?.get)).toEqual(required);
    expect(paths['/files']?.get?.requestBody).toBeUndefined();
    expect(headersOf(paths['/files']?.post)).toEqual(required);
    expect(JSON.stringify(paths['/files']?.post?.requestBody)).not.toContain('Captcha');
    expect(headersOf(paths['/lists']?.post)).toEqual(required);
    expect(headersOf(paths['/files']?.delete)).toEqual(required);
    expect(paths['/files']?.delete?.requestBody).toBeUndefined();
    // Where a body may be of either sort, only one of the two needs headers.
    expect(headersOf(paths['/files']?.patch)).toEqual([
      ['x-captcha-key', false],
      ['x-captcha-value', false],
    ]);
    for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
      expect(jsonSchema(paths['/files']?.patch, type)).toMatchObject({ allOf: [expect.anything(), REF] });
    }
    expect(jsonSchema(paths['/files']?.patch, 'multipart/form-data')).toEqual({
      $ref: '#/components/schemas/SignupDto',
    });
  });

  it('is served and valid behind a prefix, with versions and with operation ids of one’s own', async () => {
    @Controller({ path: 'signup', version: ['1', '2'] })
    class VersionedController {
      @Post()
      @RequireCaptcha()
      @ApiExtension('x-mine', { kept: true })
      signUp(@Body() body: SignupDto): SignupDto {
        return body;
      }

      @Post('other')
      @Version('3')
      open(): void {
        // Not protected.
      }
    }
    const { paths } = await documented(
      {
        adapter,
        controllers: [VersionedController],
        configure: (app) => {
          app.setGlobalPrefix('api');
          app.enableVersioning({ type: VersioningType.URI });
        },
      },
      (app) =>
        createDocumentWithCaptcha(app, CONFIG, {
          operationIdFactory: (_, method, version) => `same ${method} ${version ?? ''}`,
        }),
    );

    expect(Object.keys(paths).sort()).toEqual(['/api/v1/signup', '/api/v2/signup', '/api/v3/signup/other']);
    for (const path of ['/api/v1/signup', '/api/v2/signup']) {
      expect(jsonSchema(paths[path]?.post)).toMatchObject({ allOf: [expect.anything(), REF] });
      expect(paths[path]?.post).toHaveProperty('x-mine', { kept: true });
    }
    expect(paths['/api/v3/signup/other']?.post?.responses).not.toHaveProperty('400');
  });
});

describe('which routes are described', () => {
  it('those behind a global guard, of either kind, without those with @SkipCaptcha()', async () => {
    @Controller('open')
    @SkipCaptcha()
    class OpenController {
      @Post()
      post(): void {
        // Not run.
      }

      @Post('but')
      @RequireCaptcha()
      but(): void {
        // Not run.
      }
    }
    @Controller('closed')
    class ClosedController {
      @Post()
      post(): void {
        // Not run.
      }

      @Post('not')
      @SkipCaptcha()
      not(): void {
        // Not run.
      }
    }
    for (const scope of [Scope.DEFAULT, Scope.REQUEST]) {
      const { paths } = await documented({
        controllers: [OpenController, ClosedController],
        providers: [{ provide: APP_GUARD, useClass: CaptchaGuard, scope }],
        options: { bodyFields: { key: 'k' } },
      });
      const described = Object.entries(paths).filter(([, { post }]) => post?.responses['503'] !== undefined);

      expect(described.map(([path]) => path)).toEqual(['/open/but', '/closed']);
      expect(jsonSchema(paths['/closed']?.post)).toEqual(REF);
    }
  });

  it('a guard of one’s own that is made from ours, and none that is not', async () => {
    class Mine extends CaptchaGuard {
      protected override findAnswer(): unknown {
        return undefined;
      }
    }
    class Lenient extends CaptchaGuard {
      protected override shouldSkip(): boolean {
        return true;
      }
    }
    @Injectable()
    class Other {
      canActivate(): boolean {
        return true;
      }
    }
    @Controller()
    class GuardedController {
      @Post('mine')
      @UseGuards(Mine)
      mine(): void {
        // Not run.
      }

      @Post('lenient')
      @UseGuards(Other, Lenient)
      lenient(): void {
        // Not run.
      }

      @Post('other')
      @UseGuards(Other, new Other())
      other(): void {
        // Not run.
      }
    }
    const { paths } = await documented({ controllers: [GuardedController] });

    expect(paths['/mine']?.post?.responses).toHaveProperty('400');
    expect(paths['/mine']?.post?.requestBody).toBeUndefined();
    expect(headersOf(paths['/mine']?.post)).toEqual([]);
    expect(jsonSchema(paths['/lenient']?.post)).toEqual(OPTIONAL_REF);
    expect(paths['/other']?.post?.responses).not.toHaveProperty('400');
  });

  it('of a base class only where they are protected', async () => {
    class Base {
      @Post()
      @ApiResponse({ status: 418, description: 'Tea.' })
      post(@Body() body: SignupDto): SignupDto {
        return body;
      }
    }
    @Controller('one')
    @RequireCaptcha({ skipIf: () => false })
    class OneController extends Base {}
    @Controller('two')
    @RequireCaptcha()
    class TwoController extends Base {}
    @Controller('three')
    class ThreeController extends Base {}
    const before = Object.getOwnPropertyDescriptors(Base.prototype);
    const controllers = [OneController, TwoController, ThreeController];
    const { paths } = await documented({ controllers });

    expect(jsonSchema(paths['/one']?.post)).toMatchObject({ allOf: [expect.anything(), OPTIONAL_REF] });
    expect(jsonSchema(paths['/two']?.post)).toMatchObject({ allOf: [expect.anything(), REF] });
    expect(jsonSchema(paths['/three']?.post)).toEqual({ $ref: '#/components/schemas/SignupDto' });
    for (const path of ['/one', '/two', '/three']) {
      expect(paths[path]?.post?.responses).toHaveProperty('418');
    }
    expect(Object.getOwnPropertyDescriptors(Base.prototype)).toEqual(before);
    for (const controller of controllers) expect(Object.hasOwn(controller.prototype, 'post')).toBe(false);
  });

  it('none that the document leaves out, and all methods of @All()', async () => {
    @Controller()
    @RequireCaptcha()
    class MixedController {
      @Post('hidden')
      @ApiExcludeEndpoint()
      hidden(): void {
        // Not run.
      }

      @All('any')
      any(): void {
        // Not run.
      }
    }
    await using running = await startApp({
      imports: [NaverCaptchaModule.forRoot(CREDENTIALS)],
      controllers: [MixedController],
    });
    const document = createDocumentWithCaptcha(running.app, CONFIG);

    expect(Object.keys(document.paths)).toEqual(['/any']);
    const any = document.paths['/any'] ?? {};
    expect(jsonSchema(any.post)).toEqual(REF);
    expect(headersOf(any.get)).toHaveLength(2);
    // Nest knows more methods than OpenAPI does.
    expect(JSON.stringify(document)).not.toContain('x-nestjs-naver-captcha');
    expect(any).toHaveProperty('search.responses.400');
  });
});

describe('what is said of them', () => {
  const withRequirement = (requirement: Parameters<typeof RequireCaptcha>[0]): Type => {
    @Controller('route')
    class RouteController {
      @Post()
      @RequireCaptcha(requirement)
      post(@Body() body: SignupDto): SignupDto {
        return body;
      }
    }
    return RouteController;
  };

  it.each([
    ['skipIf', { skipIf: () => true }],
    ['afterFailures', { afterFailures: { by: () => ({ key: 'account' }) } }],
  ])('with %s the answer is not required', async (_, requirement) => {
    const { paths, schemas } = await documented({ controllers: [withRequirement(requirement)] });

    expect(jsonSchema(paths['/route']?.post)).toMatchObject({ allOf: [expect.anything(), OPTIONAL_REF] });
    expect(schemas['OptionalCaptchaAnswer']).not.toHaveProperty('required');
    expect(Object.keys((schemas['OptionalCaptchaAnswer'] as { properties: object }).properties)).toEqual(
      FIELDS,
    );
  });

  it('with extract only what is refused', async () => {
    const { paths } = await documented({ controllers: [withRequirement({ extract: () => undefined })] });

    expect(jsonSchema(paths['/route']?.post)).toEqual({ $ref: '#/components/schemas/SignupDto' });
    expect(headersOf(paths['/route']?.post)).toEqual([]);
    expect(paths['/route']?.post?.responses).toHaveProperty('400');
  });

  it('names are the module’s', async () => {
    const { paths, schemas } = await documented({
      controllers: [withRequirement({})],
      options: { bodyFields: { key: 'human', value: 'proof' } },
    });
    expect(jsonSchema(paths['/route']?.post)).toMatchObject({ allOf: [expect.anything(), REF] });
    expect(schemas['CaptchaAnswer']).toMatchObject({ required: ['human', 'proof'] });

    const headers = await documented({
      controllers: [withRequirement({})],
      options: { bodyFields: false, headerNames: { key: 'X-Human' } },
    });
    expect(headersOf(headers.paths['/route']?.post)).toEqual([
      ['x-human', true],
      ['x-captcha-value', true],
    ]);
    expect(jsonSchema(headers.paths['/route']?.post)).toEqual({ $ref: '#/components/schemas/SignupDto' });

    const neither = await documented({
      controllers: [withRequirement({})],
      options: { bodyFields: false, headerNames: false },
    });
    expect(headersOf(neither.paths['/route']?.post)).toEqual([]);
  });

  it('names and statuses are those of the module that the controller belongs to', async () => {
    const store = new MemoryCaptchaStore();
    const part = (path: string, options: NaverCaptchaModuleOptions): Type => {
      @Controller(path)
      class PartController {
        @Post()
        @RequireCaptcha()
        post(): void {
          // Not run.
        }
      }
      @Module({
        imports: [NaverCaptchaModule.forRoot({ ...CREDENTIALS, ...options, store, isGlobal: false })],
        controllers: [PartController],
      })
      class PartModule {}
      return PartModule;
    };
    await using running = await startApp({
      imports: [
        part('one', {}),
        part('two', { bodyFields: { key: 'k', value: 'v' }, statuses: { CAPTCHA_WRONG: 403 } }),
        part('three', {}),
      ],
    });
    const { paths, components } = createDocumentWithCaptcha(running.app, CONFIG);

    expect(jsonSchema(paths['/one']?.post)).toEqual(REF);
    expect(jsonSchema(paths['/two']?.post)).toEqual({ $ref: '#/components/schemas/CaptchaAnswer2' });
    expect(jsonSchema(paths['/three']?.post)).toEqual(REF);
    expect(components?.schemas?.['CaptchaAnswer2']).toMatchObject({ required: ['k', 'v'] });
    expect(paths['/one']?.post?.responses).not.toHaveProperty('403');
    expect(paths['/two']?.post?.responses['403']).toMatchObject({
      description: 'Refused by the captcha: CAPTCHA_WRONG.',
    });
  });

  it('keeps what the application says itself, and adds to it', async () => {
    class CaptchaAnswer {
      @ApiProperty()
      mine!: string;
    }
    @Controller('route')
    class RouteController {
      @Post()
      @RequireCaptcha()
      @ApiHeader({ name: 'X-Captcha-Key', description: 'Mine.' })
      @ApiConsumes('multipart/form-data')
      @ApiResponse({ status: 400, description: 'A field is wrong.', type: CaptchaAnswer })
      @ApiResponse({ status: 503, description: '' })
      @ApiResponse({
        status: 500,
        description: 'A fault.',
        headers: { 'Retry-After': { description: 'Mine.', schema: { type: 'string' } } },
        content: { 'application/json': { example: { mine: true } }, 'text/html': {} },
      })
      @ApiResponse({ status: '4XX', description: 'Something else.' })
      post(@Body() body: CaptchaAnswer): CaptchaAnswer {
        return body;
      }
    }
    const { paths, schemas } = await documented({
      controllers: [RouteController],
      options: { statuses: { CAPTCHA_UNAVAILABLE: 500 } },
    });
    const { responses } = paths['/route']?.post ?? { responses: {} };

    expect(responses['400']).toMatchObject({
      description: expect.stringMatching(/^A field is wrong\.\n\nRefused by the captcha: CAPTCHA_MISSING, /),
      content: {
        'application/json': {
          schema: {
            anyOf: [
              { $ref: '#/components/schemas/CaptchaAnswer' },
              { allOf: [{ $ref: '#/components/schemas/CaptchaRefusal' }, expect.anything()] },
            ],
          },
          examples: { CAPTCHA_WRONG: expect.anything() },
        },
      },
    });
    expect(responses['503']).toMatchObject({
      description: 'Refused by the captcha: CAPTCHA_QUOTA_EXCEEDED.',
      content: { 'application/json': { schema: { allOf: expect.anything() } } },
    });
    expect(responses['500']).toMatchObject({
      headers: { 'Retry-After': { description: 'Mine.' } },
      content: {
        'application/json': { example: { mine: true }, schema: { allOf: expect.anything() } },
        'text/html': {},
      },
    });
    expect(responses).toHaveProperty('4XX');
    expect(schemas['CaptchaAnswer']).toMatchObject({ properties: { mine: { type: 'string' } } });
    expect(headersOf(paths['/route']?.post)).toEqual([
      ['X-Captcha-Key', undefined],
      ['x-captcha-value', true],
    ]);
  });
});

describe('what is left as it was', () => {
  @Controller('signup')
  class SignupController {
    @Post()
    @RequireCaptcha()
    @ApiExtension('x-mine', 1)
    @SetMetadata('mine', true)
    signUp(@Body() body: SignupDto): SignupDto {
      return body;
    }

    @Get()
    read(): void {
      // Not protected.
    }
  }
  const setup: AppSetup = {
    imports: [NaverCaptchaModule.forRoot(CREDENTIALS)],
    controllers: [SignupController],
  };
  const handler = (): unknown => Reflect.get(SignupController.prototype, 'signUp');

  it('calling it twice gives the same document, and Swagger’s own knows nothing of captchas', async () => {
    await using running = await startApp(setup);
    const before = Object.getOwnPropertyDescriptors(SignupController.prototype);
    const config = structuredClone(CONFIG);
    const plain = SwaggerModule.createDocument(running.app, config);

    const first = createDocumentWithCaptcha(running.app, config);
    const second = createDocumentWithCaptcha(running.app, config);

    expect(second).toEqual(first);
    expect(config).toEqual(CONFIG);
    expect(SwaggerModule.createDocument(running.app, config)).toEqual(plain);
    expect(JSON.stringify(plain)).not.toMatch(/captcha/i);
    const after = Object.getOwnPropertyDescriptors(SignupController.prototype);
    expect(after).toEqual(before);
    expect(after.signUp.value).toBe(before.signUp.value);
    // And the first differs from Swagger's own by what the captcha adds, and by nothing else.
    expect(first.paths['/signup']?.get).toEqual(plain.paths['/signup']?.get);
    expect({ ...first.paths['/signup']?.post, requestBody: null, responses: null }).toEqual({
      ...plain.paths['/signup']?.post,
      requestBody: null,
      responses: null,
    });
  });

  it('also where the making of it throws', async () => {
    await using running = await startApp(setup);
    const before = handler();
    const failing = {
      operationIdFactory: (): string => {
        throw new Error('No id.');
      },
    };

    expect(() => createDocumentWithCaptcha(running.app, CONFIG, failing)).toThrow('No id.');
    expect(handler()).toBe(before);
    const found = await postJson(`${running.url}/signup`, {});
    expect(found).toMatchObject({ status: 400, body: { code: 'CAPTCHA_MISSING' } });
  });

  it('a controller that two modules have', async () => {
    @Module({ controllers: [SignupController] })
    class TwinModule {}
    const before = handler();
    const { paths } = await documented({ controllers: [SignupController], imports: [TwinModule] });

    expect(jsonSchema(paths['/signup']?.post)).toMatchObject({ allOf: [expect.anything(), REF] });
    expect(handler()).toBe(before);
  });
});
