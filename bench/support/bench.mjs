import { join } from 'node:path';

import { Child } from './ipc.mjs';

const HERE = join(import.meta.dirname, '..');

/** The processes of one run: whatever happens, all of them are stopped. */
export class Bench {
  #children = new Set();

  constructor(settings) {
    this.settings = settings;
  }

  provider(given) {
    return this.start('provider/main.mjs', given);
  }

  load() {
    return this.start('load/main.mjs');
  }

  application(given, how) {
    return this.start('application/main.mjs', given, {
      ...how,
      execArgv: ['--expose-gc', ...(how?.execArgv ?? [])],
    });
  }

  async start(script, given, how) {
    const child = new Child(join(HERE, script), given, how);
    this.#children.add(child);
    return child.ready;
  }

  async stop(...children) {
    await Promise.all(
      children.map(async (child) => {
        await child.stop();
        this.#children.delete(child);
      }),
    );
  }

  async stopAll() {
    await this.stop(...this.#children);
  }
}
