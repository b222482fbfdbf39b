import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The Redis the tests start: REDIS_SERVER_PATH, or the `redis-server` on PATH. */
export function findRedisServer() {
  const chosen = process.env['REDIS_SERVER_PATH'];
  if (chosen) return existsSync(chosen) ? chosen : undefined;
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'redis-server'))
    .find((path) => existsSync(path));
}
