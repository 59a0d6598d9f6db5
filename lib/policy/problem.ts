/** A change to a text: what stands at `offset` for `length` UTF-16 units becomes `text`. */
export interface Edit {
  offset: number;
  length: number;
  text: string;
}

/** A mechanical correction that changes nothing else. */
export interface Fix {
  /** What it does, as an imperative: `rename "matchType" to "match_type"`. */
  title: string;
  edits: readonly Edit[];
}

/** Something wrong in the text of a policy. */
export interface Problem {
  /** The id of the rule that is broken; docs/lint-rules.md documents each. */
  rule: string;
  /** What is wrong and what was expected, one sentence without a full stop. */
  message: string;
  /** The next thing to try. */
  next?: string;
  /** Where it stands, in UTF-16 units from the start of the text. */
  offset: number;
  length: number;
  fix?: Fix;
}

/** Where a node of the JSON tree stands, without the rest of it. */
export function placeOf({ offset, length }: { offset: number; length: number }): {
  offset: number;
  length: number;
} {
  return { offset, length };
}
