import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

export const ADAPTERS = ['express', 'fastify'];

export function adapterOf(name) {
  return name === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
}
