import type { OpenAPIObject } from '@nestjs/swagger';

// Derived, because older versions of @nestjs/swagger export only the type of the whole document.

export type PathItem = OpenAPIObject['paths'][string];
export type Operation = NonNullable<PathItem['get']>;
export type Parameters = NonNullable<Operation['parameters']>;
export type Responses = Operation['responses'];
export type Response = Exclude<NonNullable<Responses['default']>, Reference>;
export type RequestBody = Exclude<NonNullable<Operation['requestBody']>, Reference>;
export type Content = RequestBody['content'];
export type MediaType = Content[string];
export type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
export type Schema = Schemas[string];

/** A reference to a part of the document that is described elsewhere. */
export interface Reference {
  $ref: string;
}
