import { familiarName, parseImageRef } from '../matrix/imageRef.ts';
import { evaluate } from '../policy/evaluate.ts';
import type { Policy } from '../policy/types.ts';
import type { Op } from './llb.ts';
import type { Material } from './materials.ts';

/** What a source op fetches, once the policies that the build ran under have been applied to it. */
export interface FetchedSource {
  /** For people: an image's reference as Docker shortens it, or the identifier of what is none. */
  name: string;
  isImage: boolean;
  /** Of an image, where its reference has one. */
  digest?: string;
}

const IMAGE = /^(?:docker-image|oci-layout):\/\/(.*)$/;

/** Whether an op names an image: those that have no platform are of the builder's. */
export function isImageOp({ identifier }: Extract<Op, { kind: 'source' }>): boolean {
  return IMAGE.test(identifier);
}

/** BuildKit applies policies when it loads the ops (`solver/llbsolver/vertex.go`), which name sources as the frontend did. */
export function fetchedSource(
  { identifier: asked, attrs }: Extract<Op, { kind: 'source' }>,
  policies: readonly Policy[],
): FetchedSource {
  const { identifier } = evaluate(policies, {
    identifier: asked,
    attrs: new Map(Object.entries(attrs)),
  }).source;
  const [, text] = IMAGE.exec(identifier) ?? [];
  if (text === undefined) return { name: identifier, isImage: false };
  return { ...(readRef(text) ?? { name: text }), isImage: true };
}

/** Whether a material is the image of that name, whatever its digest. */
export function isNamed({ kind, name, tag }: Material, source: FetchedSource): boolean {
  if (kind !== 'image') return false;
  return readRef(tag === undefined ? name : `${name}:${tag}`)?.name === source.name;
}

function readRef(text: string): { name: string; digest?: string } | undefined {
  try {
    const { digest, ...ref } = parseImageRef(text);
    const name = familiarName(ref.tag === undefined ? { ...ref, tag: 'latest' } : ref);
    return { name, ...(digest === undefined ? {} : { digest }) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
