type Variables = Readonly<Record<string, string | undefined>>;

/** Does the work with these environment variables; the module's other ones are unset meanwhile. */
export async function withEnvironment<T>(variables: Variables, work: () => Promise<T>): Promise<T> {
  const before: Variables = { ...process.env };
  const unset = Object.keys(before).filter((name) => name.startsWith('NAVER_CAPTCHA_'));
  apply({ ...Object.fromEntries(unset.map((name) => [name, undefined])), ...variables });
  try {
    return await work();
  } finally {
    apply(Object.fromEntries(Object.keys({ ...variables, ...before }).map((name) => [name, before[name]])));
  }
}

function apply(variables: Variables): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}
