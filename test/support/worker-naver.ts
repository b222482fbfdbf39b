import { Worker } from 'node:worker_threads';

/**
 * A server in a thread of its own, which goes on while the event loop of the test is blocked. It holds each reply until
 * `release`, and counts requests and replies where the blocked thread can read them.
 */
const PROGRAM = `
const { createServer } = require('node:http');
const { parentPort, workerData } = require('node:worker_threads');
const state = new Int32Array(workerData);
const server = createServer((request, response) => {
  Atomics.add(state, 0, 1);
  const timer = setInterval(() => {
    if (Atomics.load(state, 2) === 0) return;
    clearInterval(timer);
    response.end('{"key":"t521bp3qM7Qyk2X2"}', () => Atomics.add(state, 1, 1));
  }, 1);
  response.on('close', () => clearInterval(timer));
}).listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

export class WorkerNaver implements AsyncDisposable {
  private constructor(
    readonly url: string,
    private readonly worker: Worker,
    private readonly state: Int32Array,
  ) {}

  static async start(): Promise<WorkerNaver> {
    const shared = new SharedArrayBuffer(12);
    const worker = new Worker(PROGRAM, { eval: true, workerData: shared });
    const port = await new Promise<number>((resolve) => worker.once('message', resolve));
    return new WorkerNaver(`http://127.0.0.1:${port}`, worker, new Int32Array(shared));
  }

  get requests(): number {
    return Atomics.load(this.state, 0);
  }

  get replies(): number {
    return Atomics.load(this.state, 1);
  }

  /** Lets replies go, or holds them. */
  release(isReleased: boolean): void {
    Atomics.store(this.state, 2, isReleased ? 1 : 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.worker.terminate();
  }
}

/** Keeps the event loop from turning for at least so many milliseconds, and until this holds. */
export function blockEventLoop(milliseconds: number, holds: () => boolean = () => true): void {
  const startedAt = performance.now();
  while (performance.now() - startedAt < milliseconds || !holds());
}
