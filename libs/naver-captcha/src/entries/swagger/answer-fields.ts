import type { CaptchaAnswerNames } from '../../types.js';
import type { ComponentSchemas } from './component-schemas.js';
import type { Content, MediaType, Operation, Parameters, Reference, RequestBody } from './openapi-types.js';
import type { Protection } from './protection.js';

/** Types of bodies that are parsed before guards run; with others the guard finds an answer in the headers only. */
const PARSED = /^application\/(?:x-www-form-urlencoded|(?:[\w.-]+\+)?json)\b/i;
/** Methods whose bodies every adapter parses. */
const WITH_BODY: ReadonlySet<string> = new Set(['post', 'put', 'patch']);

const KEY = 'The key of the challenge.';
const VALUE = 'The characters in the picture, or the digits in the sound.';

/** Adds the answer to an operation: to the body's fields if the guard finds them there, otherwise to the headers. */
export function withAnswer(
  operation: Operation,
  method: string,
  { required, bodyFields, headerNames }: Protection,
  schemas: ComponentSchemas,
): Operation {
  const body = bodyFields === false ? undefined : bodyOf(operation, method);
  const types = Object.keys(body?.content ?? {});
  const filled = types.filter((type) => takesFields(type, body?.content[type], schemas));
  let described = operation;
  if (bodyFields !== false && body !== undefined && filled.length > 0) {
    const answer = answerSchema(bodyFields, required, schemas);
    described = { ...described, requestBody: withFields(body, filled, answer, required) };
  }
  if (headerNames !== false && (filled.length === 0 || filled.length < types.length)) {
    const parameters = withHeaders(operation, headerNames, required && filled.length === 0);
    described = { ...described, parameters };
  }
  return described;
}

/** The body to describe; JSON if the handler declares none, as clients may send one all the same. */
function bodyOf({ requestBody }: Operation, method: string): RequestBody | undefined {
  if (!WITH_BODY.has(method) && !(method === 'delete' && requestBody !== undefined)) return undefined;
  if (requestBody === undefined) return { content: { 'application/json': {} } };
  return '$ref' in requestBody ? undefined : requestBody;
}

/** Returns true if the body is an object: an array or a string cannot have the two fields. */
function takesFields(type: string, media: MediaType | undefined, schemas: ComponentSchemas): boolean {
  const schema = media?.schema;
  const resolved = schema === undefined ? {} : schemas.resolve(schema);
  return PARSED.test(type) && ('$ref' in resolved || (resolved.type ?? 'object') === 'object');
}

function answerSchema(names: CaptchaAnswerNames, required: boolean, schemas: ComponentSchemas): Reference {
  return schemas.add(required ? 'CaptchaAnswer' : 'OptionalCaptchaAnswer', {
    type: 'object',
    description: required
      ? 'The answer to a captcha.'
      : 'The answer to a captcha, if the server requires one.',
    ...(required ? { required: [names.key, names.value] } : {}),
    properties: {
      [names.key]: { type: 'string', description: KEY },
      [names.value]: { type: 'string', description: VALUE },
    },
  });
}

function withFields(
  body: RequestBody,
  types: readonly string[],
  answer: Reference,
  required: boolean,
): RequestBody {
  const content: Content = { ...body.content };
  for (const type of types) content[type] = joined(content[type] ?? {}, answer);
  return { ...body, content, ...(required ? { required } : {}) };
}

function joined(media: MediaType, answer: Reference): MediaType {
  return { ...media, schema: media.schema === undefined ? answer : { allOf: [media.schema, answer] } };
}

/** Adds the two headers, except those that the application has described itself. */
function withHeaders(
  { parameters = [] }: Operation,
  names: CaptchaAnswerNames,
  required: boolean,
): Parameters {
  const described = new Set(
    parameters.map((parameter) =>
      'in' in parameter && parameter.in === 'header' ? parameter.name.toLowerCase() : undefined,
    ),
  );
  const added = [
    { name: names.key, description: KEY },
    { name: names.value, description: VALUE },
  ].filter(({ name }) => !described.has(name));
  return [
    ...parameters,
    ...added.map((header) => ({
      ...header,
      in: 'header' as const,
      required,
      schema: { type: 'string' },
    })),
  ];
}
