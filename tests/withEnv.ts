/**
 * Does something with variables set in this process's environment, or taken out of it, and puts back what was there: at its end,
 * or at that of the promise that it returns.
 */
export function withEnv<T>(variables: Readonly<Record<string, string | undefined>>, work: () => T): T {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  const set = (name: string, value: string | undefined) => {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  };
  const restore = () => {
    for (const [name, value] of before) set(name, value);
  };
  for (const [name, value] of Object.entries(variables)) set(name, value);
  let isOver = true;
  try {
    const result = work();
    if (!(result instanceof Promise)) return result;
    isOver = false;
    return result.finally(restore) as T;
  } finally {
    if (isOver) restore();
  }
}
