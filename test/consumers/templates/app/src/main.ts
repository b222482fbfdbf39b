import { AppModule } from './app.module.js';
import { copiesOfAxios } from './copies-of-axios.js';
import { start } from './running-app.js';

/** `node main.js express` or `fastify`: what a person's sign-ups came to, as JSON, and on which Node.js. */
async function main(adapter: string | undefined): Promise<void> {
  const running = await start(AppModule, adapter);
  const { person } = running;
  const missing = await person.signUp({ name: 'Kim' });
  const wrong = await person.signUp({ name: 'Kim', ...(await person.read()), captchaValue: 'WRONG' });
  const right = await person.signUp({ name: 'Kim', ...(await person.read()) });
  const script = await person.widget();
  await running.close();

  const { version: node } = process;
  process.stdout.write(
    JSON.stringify({ node, missing, wrong, right, script, copiesOfAxios: copiesOfAxios() }),
  );
}

void main(process.argv[2]);
