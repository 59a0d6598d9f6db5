import type { Behaviour } from './behaviour.ts';
import type { Patterns } from './patterns.ts';
import { expandTemplate, parseTemplate, TooLong } from './expandTemplate.ts';
import type { Selector, Source, Update } from './types.ts';
import { matchWildcard } from './wildcard.ts';

/**
 * What a CONVERT makes of a source: a new one, the same one (it changes nothing), or BuildKit's error text; `tooLong`
 * where the identifier outgrows `IDENTIFIER_MAX`.
 */
export type Applied = { source: Source; changed: boolean } | { error: string } | { tooLong: true };

/**
 * Applies the updates of a CONVERT to a source that its selector takes. Without an identifier of its own the update takes the
 * selector's, pattern and all.
 *
 * Follows BuildKit sourcepolicy/mutate.go and the `Format` of sourcepolicy/formatter.go.
 */
export function applyUpdate(
  updates: Update | undefined,
  selector: Selector,
  source: Source,
  patterns: Patterns,
  behaviour: Behaviour,
): Applied {
  if (updates === undefined) return { error: 'missing destination for convert rule' };
  const template = updates.identifier === '' ? selector.identifier : updates.identifier;
  const destination = formatWithin(selector, source.identifier, template, patterns, behaviour);
  if (destination === undefined) return { tooLong: true };
  if (typeof destination === 'object') return { error: `error formatting destination: ${destination.error}` };

  const identifier = destination === '' ? source.identifier : destination;
  const differing = [...updates.attrs].filter(([key, value]) => (source.attrs.get(key) ?? '') !== value);
  const changed = identifier !== source.identifier || differing.length > 0;
  return { source: { identifier, attrs: new Map([...source.attrs, ...differing]) }, changed };
}

/** As `format`; undefined where the identifier grows too long. */
function formatWithin(...of: Parameters<typeof format>): ReturnType<typeof format> | undefined {
  try {
    return format(...of);
  } catch (error) {
    if (error instanceof TooLong) return undefined;
    throw error;
  }
}

function format(
  selector: Selector,
  identifier: string,
  template: string,
  patterns: Patterns,
  behaviour: Behaviour,
): string | { error: string } {
  switch (selector.match_type) {
    case 'EXACT':
      return behaviour.exactConverts ? template : selector.identifier;
    case 'REGEX': {
      const regex = patterns.regex(selector.identifier);
      return 'error' in regex ? regex : regex.value.replaceAll(identifier, template);
    }
    case 'WILDCARD': {
      const wildcard = patterns.wildcard(selector.identifier);
      if ('error' in wildcard) return wildcard;
      const captures = matchWildcard(wildcard.value, identifier);
      if (captures === undefined) return identifier;
      return expandTemplate(parseTemplate(template), {
        byNumber: (number) => (number === 0 ? identifier : captures[number - 1]),
        byName: () => undefined,
      });
    }
  }
}
