import { isDeepStrictEqual } from 'node:util';

import type { Reference, Schema, Schemas } from './openapi-types.js';

const PREFIX = '#/components/schemas/';

/** The schemas of a document that its operations share. */
export class ComponentSchemas {
  #schemas: Schemas;

  constructor(schemas: Schemas = {}) {
    this.#schemas = { ...schemas };
  }

  get all(): Schemas {
    return this.#schemas;
  }

  /** Adds a schema once; under another name where the application has one of its own by this name. */
  add(name: string, schema: Schema): Reference {
    for (let copy = 1; ; copy += 1) {
      const free = copy === 1 ? name : `${name}${copy}`;
      const there = this.#schemas[free];
      if (there === undefined) this.#schemas = { ...this.#schemas, [free]: schema };
      else if (!isDeepStrictEqual(there, schema)) continue;
      return { $ref: PREFIX + free };
    }
  }

  /** What a reference leads to; a schema is its own. */
  resolve(schema: Schema): Schema {
    if (!('$ref' in schema)) return schema;
    return this.#schemas[schema.$ref.replace(PREFIX, '')] ?? schema;
  }
}
