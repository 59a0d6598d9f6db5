/** What the frontend itself sets for each platform (https://docs.docker.com/reference/dockerfile/, "Automatic platform ARGs"). */
const PLATFORM_ARGS: ReadonlySet<string> = new Set(
  ['BUILD', 'TARGET'].flatMap((whose) =>
    ['PLATFORM', 'OS', 'ARCH', 'VARIANT', 'OSVERSION'].map((what) => whose + what),
  ),
);

/** What the frontend sets to the name of the stage that is built, which is another one in a build with others. */
export const TARGET_STAGE = 'TARGETSTAGE';
/** All that the frontend sets by itself. */
export const PRESET_ARGS: ReadonlySet<string> = new Set([...PLATFORM_ARGS, TARGET_STAGE]);

const VARIABLE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+])([^${}]*))?\}|)/g;

/**
 * A text with the values put in for its variables, as the words of a FROM are expanded: `$A`, `${A}`, and with a default
 * or alternative `${A:-x}`, `${A-x}`, `${A:+x}`, `${A+x}`. What has no value is empty. Variables that the frontend sets for
 * each platform stay as they are written.
 *
 * Throws a RangeError, whose message is a clause for people, for what it does not read: quotes, escapes, other modifiers, and
 * the name of the target.
 */
export function expandVariables(text: string, values: ReadonlyMap<string, string>): string {
  if (/["'\\]/.test(text)) throw new RangeError(`${text} has quotes or escapes`);
  return text.replace(
    VARIABLE,
    (written: string, plain?: string, braced?: string, how?: string, word?: string): string => {
      const name = plain ?? braced;
      if (name === undefined)
        throw new RangeError(`${text} has a variable of a kind that is not looked into`);
      if (name === TARGET_STAGE) throw new RangeError(`${text} depends on the target`);
      if (PLATFORM_ARGS.has(name)) {
        if (how !== undefined) throw new RangeError(`${text} depends on the platform`);
        return written;
      }
      const value = values.get(name) ?? '';
      const isThere = values.has(name) && (how?.startsWith(':') !== true || value !== '');
      if (how?.endsWith('-') === true) return isThere ? value : (word ?? '');
      if (how?.endsWith('+') === true) return isThere ? (word ?? '') : '';
      return value;
    },
  );
}
