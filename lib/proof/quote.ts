/** A text of a subject's, of no more characters than a sentence has room for. */
export function bounded(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/** A text as a person sees it, bounded, with what cannot be seen written out. */
export function quote(text: string): string {
  return JSON.stringify(bounded(text));
}
