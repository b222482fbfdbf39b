export { ExpressAdapter as default } from '@nestjs/platform-express';
