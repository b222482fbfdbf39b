import { fork } from 'node:child_process';

/** Nothing hangs for ever: no single task takes a tenth of this. */
const ANSWERED_WITHIN_MS = 180_000;

/** The child's side: answers what the parent asks, and ends with it. */
export function answer(handlers) {
  process.once('disconnect', () => process.exit());
  if (!process.connected) process.exit();
  process.on('message', async ({ id, task, given }) => {
    try {
      process.send({ id, value: await handlers[task](given) });
    } catch (error) {
      process.send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.send({ ready: true });
}

/** The parent's side: one process that can be asked. */
export class Child {
  #child;
  #asked = new Map();
  #lastId = 0;

  constructor(script, setup = {}, { execArgv = [], env = {} } = {}) {
    this.#child = fork(script, [JSON.stringify(setup)], {
      execArgv,
      env: { ...process.env, NODE_ENV: 'production', ...env },
      serialization: 'advanced',
    });
    this.ready = new Promise((resolve, reject) => {
      this.#child.on('message', (message) => {
        if (message.ready) return resolve(this);
        const { resolve: done, reject: failed } = this.#asked.get(message.id);
        this.#asked.delete(message.id);
        if (message.error === undefined) done(message.value);
        else failed(new Error(message.error));
      });
      this.#child.once('exit', (code, signal) => {
        const error = new Error(`${script} ended (${signal ?? code})`);
        reject(error);
        for (const { reject: failed } of this.#asked.values()) failed(error);
        this.#asked.clear();
      });
    });
    this.ready.catch(() => {});
  }

  get pid() {
    return this.#child.pid;
  }

  async ask(task, given) {
    const id = (this.#lastId += 1);
    let timer;
    try {
      return await new Promise((resolve, reject) => {
        timer = setTimeout(
          () => reject(new Error(`"${task}" took longer than ${ANSWERED_WITHIN_MS} ms.`)),
          ANSWERED_WITHIN_MS,
        );
        this.#asked.set(id, { resolve, reject });
        this.#child.send({ id, task, given });
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => {
      this.#child.once('exit', resolve);
    });
    this.#child.disconnect();
    const slow = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(slow);
  }
}

/** What `fork` was given. */
export const setup = () => JSON.parse(process.argv[2] ?? '{}');
