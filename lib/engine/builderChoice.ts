/** Which builder a person wants: what there is, the project's own engine, or that one only if it can be sealed. */
export const BUILDER_CHOICES = ['auto', 'own', 'sealed'] as const;
export type BuilderChoice = (typeof BUILDER_CHOICES)[number];
