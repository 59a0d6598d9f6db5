import { wrongInput } from '../fault/fault.ts';
import { formatImageRef, imageName, normalizeImageRef, parseImageRef } from '../matrix/imageRef.ts';
import { SOME_DIGEST } from './looks.ts';
import { IMAGE, isScheme, meantScheme, schemeOf, SCHEMES } from './sourceKinds.ts';
import type { Source } from './types.ts';

const LAYOUT = 'oci-layout://';

/**
 * The source that a build asks for when a person writes `text`, with the attributes that follow from the text alone:
 *
 * - `debian:bookworm`, with or without `docker-image://`: normalized as Docker does (dockerfile2llb/convert.go)
 * - a web address whose path ends in `.git`, `ssh://…` and `git@host:path`: a git source, as `FROM`, `ADD` and build
 *   contexts take it, with its address in `git.fullurl` (client/llb/source.go)
 * - `oci-layout://worker`: the named context `worker`, whose name is normalized like an image's and which has a digest
 *   (frontend/dockerui/namedcontext.go)
 * - any other `scheme://…`: as it stands
 *
 * @throws {Fault} for an image reference or a scheme that BuildKit does not know.
 */
export function normalizeSource(text: string): Source {
  const scp = /^[\w.-]+@([\w.-]+):(?!\/\/)(.+)$/.exec(text);
  const scheme = schemeOf(text);
  if (scheme === undefined && scp?.[1] !== undefined && !text.includes('@sha')) {
    return gitSource(scp[1], scp[2] ?? '', text);
  }
  if (scheme === undefined || scheme === 'docker-image') return imageSource(text);
  if (scheme === 'ssh') return gitSourceOf(text);
  if (scheme === 'oci-layout') return layoutSource(text);
  if (!isScheme(scheme)) {
    const meant = meantScheme(scheme);
    throw wrongInput({
      message: `BuildKit has no source with the scheme "${scheme}"${meant === undefined ? '' : ` (did you mean "${meant}"?)`}`,
      next: `write an image reference, or one of ${SCHEMES.map((known) => `${known}://`).join(', ')}`,
    });
  }
  const isGit = (scheme === 'http' || scheme === 'https') && /^[^?#]*\.git(?:[?#]|$)/.test(text);
  return isGit ? gitSourceOf(text) : { identifier: text, attrs: new Map() };
}

function imageSource(text: string): Source {
  const ref = text.startsWith(IMAGE) ? text.slice(IMAGE.length) : text;
  try {
    return { identifier: IMAGE + normalizeImageRef(ref), attrs: new Map() };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw wrongInput({ message: error.message, next: 'write a reference such as debian:bookworm' });
  }
}

function layoutSource(text: string): Source {
  const name = text.slice(LAYOUT.length);
  try {
    const { digest, ...ref } = parseImageRef(name);
    // Docker's default tag is for images; a context that is called without one has none.
    const tagged = name.includes('@') || /:[^/]*$/.test(name);
    const named = tagged ? formatImageRef(ref) : imageName(ref);
    return { identifier: `${LAYOUT}${named}@${digest ?? SOME_DIGEST}`, attrs: new Map() };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw wrongInput({
      message: `"${name}" is not the name of a context: policies see a layout by the name that the build has for it, not by its folder`,
      next: 'write oci-layout://worker for what is given as --build-context worker=oci-layout://…',
    });
  }
}

/** The identifier of an image reference, normalized as Docker does; undefined where it is none. */
export function normalizedImage(ref: string): string | undefined {
  // The most frequent reason by far, and an error with its stack takes long: no digest ends in fewer digits.
  if (ref.includes('@') && !/:[0-9a-f]{64,}$/.test(ref)) return undefined;
  try {
    return IMAGE + normalizeImageRef(ref);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function gitSourceOf(url: string): Source {
  const [, host = '', path = ''] = /^\w+:\/\/(?:[^/@]*@)?([^/]*)(.*)$/.exec(url) ?? [];
  return gitSource(host, path, url);
}

function gitSource(host: string, pathAndFragment: string, url: string): Source {
  const [path = '', fragment] = pathAndFragment.replace(/^\//, '').split(/#(.*)/s);
  const identifier = `git://${host}/${path.split('?', 1)[0] ?? ''}${fragment ? `#${fragment}` : ''}`;
  return { identifier, attrs: new Map([['git.fullurl', url.split(/[?#]/, 1)[0] ?? '']]) };
}
