import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pack } from 'tar-stream';
import { runCommand } from '../engine/command.ts';
import { wrongInput } from '../fault/fault.ts';
import { spellOption } from '../fault/spelling.ts';
import { normalizeImageRef } from '../matrix/imageRef.ts';
import type { Subject } from '../matrix/types.ts';
import { openLayout } from '../oci/blobs.ts';
import { LayoutError } from '../oci/layoutError.ts';
import { writeLayout } from '../oci/writeLayout.ts';
import { elfArchitecture } from '../proof/canaryElf.ts';

/** A frontend of the person's own: an image that the builder can pull, or a layout to serve on its loopback. */
export type Frontend = { kind: 'image'; ref: string } | { kind: 'layout'; layout: string };

/** Where a layout is served. */
export const FRONTEND_REPOSITORY = 'frontend/local';

/** What a frontend needs of the builder, as the images of Dockerfile and dalec frontends say it (BuildKit `frontend/gateway`). */
const LABELS = {
  'moby.buildkit.frontend.network.none': 'true',
  'moby.buildkit.frontend.caps':
    'moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests,moby.buildkit.frontend.contexts',
};
const SUBJECT_ARGUMENT = 'BUILDKIT_SYNTAX';

/**
 * Reads what a person gives as FRONTEND: an OCI layout (a folder or a tar), a frontend's binary, which is wrapped into an
 * image `FROM scratch`, or an image reference. `folder` takes what has to be unpacked or wrapped.
 * Throws a Fault (wrong input) for what is none of them.
 */
export async function readFrontend(given: string, folder: string): Promise<Frontend> {
  const path = resolve(given);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return { kind: 'image', ref: readRef(given) };
  if (found.isDirectory()) return { kind: 'layout', layout: await readLayout(path) };
  const start = await readStart(path);
  const elf = elfArchitecture(start);
  if ('architecture' in elf)
    return { kind: 'layout', layout: await wrapBinary(path, elf.architecture, folder) };
  await mkdir(folder, { recursive: true });
  const unpacked = await runCommand('tar', [
    '--extract',
    '--no-same-owner',
    '--file',
    path,
    '--directory',
    folder,
  ]).then(
    () => true,
    () => false,
  );
  if (!unpacked) throw unusable(given, `it is ${elf.problem}, and no tar`);
  return { kind: 'layout', layout: await readLayout(folder) };
}

/** Throws a Fault (wrong input) for what can be seen to be no FRONTEND before a run begins. Writes nothing. */
export async function requireFrontend(given: string): Promise<void> {
  const path = resolve(given);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) readRef(given);
  else if (found.isDirectory()) await readLayout(path);
}

/** The subject with that frontend in the place of its own; `served` is the reference that a layout is pulled by. */
export function withFrontend(subject: Subject, frontend: Frontend, served: string): Subject {
  const ref = frontend.kind === 'image' ? frontend.ref : served;
  const { source } = subject;
  if (source.kind === 'frontend') return { ...subject, source: { ...source, frontend: ref } };
  return { ...subject, args: { ...subject.args, [SUBJECT_ARGUMENT]: ref } };
}

/** Build arguments that make BuildKit hand the build file to a frontend's image. */
export function frontendArguments(ref: string): Record<string, string> {
  return { [SUBJECT_ARGUMENT]: ref };
}

function readRef(given: string): string {
  try {
    return normalizeImageRef(given);
  } catch (error) {
    throw unusable(given, `there is no such file, and ${(error as Error).message}`);
  }
}

function unusable(given: string, why: string) {
  return wrongInput({
    message: `${spellOption('FRONTEND', given)} cannot be used: ${why}`,
    next: 'give an image reference, an OCI layout (folder or tar), or a static frontend binary',
  });
}

async function readLayout(path: string): Promise<string> {
  try {
    const layout = await openLayout(path);
    await layout.close();
    return path;
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    throw unusable(path, error.message);
  }
}

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function wrapBinary(path: string, architecture: string, folder: string): Promise<string> {
  const layout = join(folder, 'layout');
  const image = {
    platform: `linux/${architecture}`,
    layers: [{ tar: await binaryLayer(path) }],
    config: { Entrypoint: ['/frontend'], Labels: LABELS, WorkingDir: '/' },
  };
  await mkdir(folder, { recursive: true });
  await writeLayout(layout, { images: [image], ref: 'latest' });
  return layout;
}

/** In memory: a frontend is some tens of megabytes, and tar-stream wants an entry's size and bytes together. */
async function binaryLayer(path: string): Promise<AsyncIterable<Uint8Array>> {
  const layer = pack();
  layer.entry({ name: 'frontend', mode: 0o755, mtime: new Date(0) }, await readFile(path));
  layer.finalize();
  return layer as AsyncIterable<Uint8Array>;
}
