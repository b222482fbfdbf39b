import type { INestApplication } from '@nestjs/common';
import { type OpenAPIObject, type SwaggerDocumentOptions, SwaggerModule } from '@nestjs/swagger';

import { isObject } from '../../unknown-values.js';
import { withAnswer } from './answer-fields.js';
import { ComponentSchemas } from './component-schemas.js';
import { unmarked, withMarks } from './marked-handlers.js';
import type { Operation, PathItem } from './openapi-types.js';
import { type Protection, protections } from './protection.js';
import { withRefusals } from './refusals.js';

/**
 * `SwaggerModule.createDocument()` with captchas: it takes the same arguments and returns the same document, in which
 * every route behind a `CaptchaGuard` also shows the two fields, or headers, of the answer and the refusals.
 *
 * JSON and form bodies get the fields, other requests the headers, and routes with `extract` neither. They are required
 * unless the route has `skipIf` or `afterFailures`. Names and statuses are those of the module's options.
 */
export function createDocumentWithCaptcha(
  app: INestApplication,
  config: Omit<OpenAPIObject, 'paths'>,
  options?: SwaggerDocumentOptions,
): OpenAPIObject {
  const found = protections(app);
  const document = withMarks(
    found.map(({ handler }) => handler),
    () => SwaggerModule.createDocument(app, config, options),
  );
  const schemas = new ComponentSchemas(document.components?.schemas);
  const describe = (items: Record<string, PathItem>): Record<string, PathItem> =>
    Object.fromEntries(
      Object.entries(items).map(([path, item]) => [path, describedItem(item, found, schemas)]),
    );
  return {
    ...document,
    paths: describe(document.paths),
    ...(document.webhooks === undefined ? {} : { webhooks: describe(document.webhooks) }),
    components: { ...document.components, schemas: schemas.all },
  };
}

function describedItem(item: PathItem, found: readonly Protection[], schemas: ComponentSchemas): PathItem {
  const described = { ...item };
  // Not a fixed list of methods: @All() adds methods that OpenAPI does not define.
  for (const [method, operation] of Object.entries<unknown>({ ...item })) {
    if (!isOperation(operation)) continue;
    const [rest, index] = unmarked(operation);
    const protection = index === undefined ? undefined : found[index];
    if (protection === undefined) continue;
    const answered = withAnswer(rest, method, protection, schemas);
    Reflect.set(described, method, withRefusals(answered, protection.options, schemas));
  }
  return described;
}

function isOperation(value: unknown): value is Operation {
  return isObject(value) && 'responses' in value;
}
