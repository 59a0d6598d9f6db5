/** The value of an option that takes a text. A make variable that is set to nothing, `POLICY=`, is not set. */
export function textOf(options: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A make variable is a text: `ALLOW_EMULATOR=0` and an empty one say no. */
export function isSet(value: unknown): boolean {
  return typeof value === 'string' ? !['', '0', 'no', 'false'].includes(value) : value === true;
}
