export { FastifyAdapter as default } from '@nestjs/platform-fastify';
