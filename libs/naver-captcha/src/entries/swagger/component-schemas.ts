import { isDeepStrictEqual } from 'node:util';

import type { Reference, Schema, Schemas } from './openapi-types.js';

const PREFIX = '#/components/schemas/';

/** The schemas that the operations of a document share. */
export class ComponentSchemas {
  #schemas: Schemas;

  constructor(schemas: Schemas = {}) {
    this.#schemas = { ...schemas };
  }

  get all(): Schemas {
    return this.#schemas;
  }

  /** Adds a schema once; under another name if the application has a different schema of this name. */
  add(name: string, schema: Schema): Reference {
    for (let copy = 1; ; copy += 1) {
      const free = copy === 1 ? name : `${name}${copy}`;
      const existing = this.#schemas[free];
      if (existing === undefined) this.#schemas = { ...this.#schemas, [free]: schema };
      else if (!isDeepStrictEqual(existing, schema)) continue;
      return { $ref: PREFIX + free };
    }
  }

  /** The schema that a reference points to; any other schema is returned as it is. */
  resolve(schema: Schema): Schema {
    if (!('$ref' in schema)) return schema;
    return this.#schemas[schema.$ref.replace(PREFIX, '')] ?? schema;
  }
}
