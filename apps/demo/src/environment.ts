/**
 * Trims the variables that the demo, its module and its emulator read, and removes the empty ones. Docker and shells keep
 * the `\r` of an env file with Windows line ends, and Compose passes an empty variable for "not set".
 */
export function trimEnvironment(environment: NodeJS.ProcessEnv): void {
  for (const [name, value = ''] of Object.entries(environment)) {
    if (!/^(?:PORT|HOST|NODE_ENV|(?:DEMO|NAVER_CAPTCHA)_\w+)$/.test(name)) continue;
    if (value.trim() === '') Reflect.deleteProperty(environment, name);
    else environment[name] = value.trim();
  }
}

/** Where the demo listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The address from HOST and PORT. Other machines reach the demo only if HOST says so. @throws Error if PORT is not a port */
export function readAddress({ HOST = '127.0.0.1', PORT = '3000' }: NodeJS.ProcessEnv): Address {
  const port = Number(PORT);
  if (/^\d+$/.test(PORT) && port <= 65_535) return { host: HOST, port };
  throw new Error(`PORT must be a whole number from 0 to 65535, not ${JSON.stringify(PORT)}.`);
}
