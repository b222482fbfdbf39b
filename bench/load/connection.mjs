import { once } from 'node:events';
import { connect } from 'node:net';

/** One kept-alive connection that sends a request when the last one was answered. It parses no more than it must. */
export class Connection {
  #socket;
  #head = '';
  #missing = -1;
  #status = 0;
  #done;
  #failed;

  static async open({ hostname, port }) {
    const connection = new Connection();
    const socket = connect(Number(port), hostname).setNoDelay(true);
    connection.#socket = socket;
    await once(socket, 'connect');
    socket.setEncoding('latin1');
    socket.on('data', (text) => connection.#read(text));
    const fail = (error) => connection.#failed?.(error ?? new Error('The connection was closed.'));
    socket.on('error', fail).on('close', () => fail());
    return connection;
  }

  /** @returns the status of the reply */
  send(request) {
    return new Promise((resolve, reject) => {
      this.#done = resolve;
      this.#failed = reject;
      this.#socket.write(request);
    });
  }

  close() {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #read(text) {
    if (this.#missing < 0) {
      this.#head += text;
      const end = this.#head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = /\r\ncontent-length: *(\d+)/i.exec(this.#head);
      if (length === null) throw new Error(`A reply without Content-Length:\n${this.#head.slice(0, end)}`);
      this.#status = Number(this.#head.slice(9, 12));
      this.#missing = Number(length[1]) - (this.#head.length - end - 4);
      this.#head = '';
    } else {
      this.#missing -= text.length;
    }
    if (this.#missing > 0) return;
    this.#missing = -1;
    this.#done(this.#status);
  }
}
