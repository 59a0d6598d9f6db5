import type { Layout } from './blobs.ts';
import type { Image } from './images.ts';
import { openLayerStack, type LayerStack, type PathState } from './layer/layerStack.ts';
import type { LayerEntry } from './layer/layerPaths.ts';
import { NOTHING_SPENT, type Spent } from './layer/streamLayer.ts';
import { LayoutError, located } from './layoutError.ts';
import { LOOKUP_LIMITS, MAX_LINKS, type LookupLimits } from './limits.ts';
import { cleanTarName } from './tar/entry.ts';
import type { Descriptor } from './types.ts';

/** What an image has at a path. */
export interface FoundFile {
  /** Where it is once all symlinks are resolved, as a path from the root without a leading slash. */
  path: string;
  type: 'file' | 'directory' | 'character-device' | 'block-device' | 'fifo';
  /** Permission bits, as in the tar: 0o644. A directory that only its files imply has 0o755, as containerd makes it. */
  mode: number;
  uid: number;
  gid: number;
  /** Bytes; 0 for anything but a file. */
  size: number;
  /** All of a file's bytes; empty for anything but a file. */
  content: Buffer;
  /** The layer that it comes from, or the layer that implies the directory. */
  layer: Descriptor;
}

/**
 * Finds a file in an image as a container would see it: the newest layer first, and no layer below the one that
 * answers; whiteouts, opaque directories, hard links, and symlinks resolved within the root (image-spec `layer.md`).
 *
 * It stops early between layers and never within one: a layer that is read is read to its end and held against digest,
 * size and diff_id. Only its end tells that it is what its descriptor names, and that no later entry of the same path, no
 * whiteout and no hidden second tar says otherwise than what was found first.
 *
 * @param path from the image's root, with or without a leading slash.
 * @param limits what the lookup may cost; `LOOKUP_LIMITS` where left out.
 * @param spent what lookups before it cost, where they have a limit together; counted on.
 * @returns undefined where there is nothing, or a symlink to nothing; and for the root itself, which is no file.
 * @throws {LayoutError} for a layer that is broken, over a limit, or that two readers could read as two things;
 * `symlink-loop`, `hardlink-target`, `file-too-large`.
 */
export async function findFile(
  layout: Layout,
  image: Image,
  path: string,
  limits: Partial<LookupLimits> = {},
  spent: Spent = { ...NOTHING_SPENT },
): Promise<FoundFile | undefined> {
  return (await findFiles(layout, image, [path], limits, spent)).get(path);
}

/**
 * Finds several files in an image, with one pass over each layer where no link leads elsewhere.
 *
 * @returns what was found, by the paths as they were given; what was not found is not in it.
 * @throws {LayoutError} as `findFile`.
 */
export async function findFiles(
  layout: Layout,
  image: Image,
  paths: readonly string[],
  limits: Partial<LookupLimits> = {},
  spent: Spent = { ...NOTHING_SPENT },
): Promise<Map<string, FoundFile>> {
  const layers = image.manifest.layers.map((descriptor, i) => ({
    descriptor,
    diffId: image.config.rootfs.diff_ids[i] ?? '',
  }));
  const wanted = new Set(paths.map((path) => path.split('/').filter(isName).join('/')));
  const stack = openLayerStack(layout, layers, wanted, { ...LOOKUP_LIMITS, ...limits }, spent);
  const found = new Map<string, FoundFile>();
  for (const path of paths) {
    try {
      const lookup = createLookup(stack, layers);
      const file = await lookup.resolve(path);
      await stack.checkDetours([...lookup.visited]);
      if (file !== undefined) found.set(path, file);
    } catch (error) {
      throw located(error, { layout: layout.path });
    }
  }
  return found;
}

interface Lookup {
  /** Every path that the lookup came by. */
  visited: ReadonlySet<string>;
  resolve(path: string): Promise<FoundFile | undefined>;
}

function createLookup(stack: LayerStack, layers: readonly { descriptor: Descriptor }[]): Lookup {
  const visited = new Set<string>();
  let links = 0;

  function follow(path: string): void {
    links += 1;
    if (links > MAX_LINKS) {
      throw new LayoutError(
        'symlink-loop',
        `${JSON.stringify(path)} leads over ${MAX_LINKS} links: expected an end`,
      );
    }
  }

  /** What is at a path once hard links are resolved; the path itself stays what it is. */
  async function stateOf(path: string): Promise<PathState | undefined> {
    visited.add(path);
    let state = await stack.stateOf(path, stack.top);
    while (state?.entry?.type === 'link') {
      follow(path);
      state = await targetOf(state.layer, state.entry);
    }
    return state;
  }

  /** A hard link's target is what was there when the link was made: earlier in its layer, or in a layer below. */
  async function targetOf(layer: number, link: LayerEntry): Promise<PathState> {
    const path = cleanTarName(link.linkname);
    visited.add(path);
    const linked = link.linked?.();
    const target =
      linked === undefined
        ? await stack.stateOf(path, layer - 1)
        : { layer, type: linked.type, entry: linked };
    if (target?.entry !== undefined && target.type !== 'directory') return target;
    throw new LayoutError(
      'hardlink-target',
      `${JSON.stringify(link.path)} is a hard link to ${JSON.stringify(link.linkname)}, which is ${target === undefined ? 'not there' : 'a directory'}: expected a file`,
    );
  }

  async function resolve(path: string): Promise<FoundFile | undefined> {
    let todo = path.split('/');
    let at: string[] = [];
    for (let part = todo.shift(); part !== undefined; part = todo.shift()) {
      if (!isName(part)) continue;
      if (part === '..') {
        at.pop();
        continue;
      }
      const next = [...at, part].join('/');
      const state = await stateOf(next);
      if (state?.entry?.type === 'symlink') {
        follow(next);
        const target = symlinkTarget(state.entry);
        if (target.startsWith('/')) at = [];
        todo = [...target.split('/'), ...todo];
        continue;
      }
      const isLast = todo.every((rest) => rest === '');
      if (state === undefined || (state.type !== 'directory' && !isLast)) return undefined;
      at.push(part);
    }
    const found = at.join('/');
    const state = found === '' ? undefined : await stateOf(found);
    return state && describe(found, state);
  }

  async function describe(path: string, state: PathState): Promise<FoundFile> {
    const layer = layers[state.layer]?.descriptor as Descriptor;
    const { entry } = state;
    if (entry === undefined || entry.type === 'link' || entry.type === 'symlink') {
      return {
        path,
        type: 'directory',
        mode: 0o755,
        uid: 0,
        gid: 0,
        size: 0,
        content: Buffer.alloc(0),
        layer,
      };
    }
    const { type, mode, uid, gid, size } = entry;
    const content = type === 'file' ? await stack.contentOf(state.layer, entry) : Buffer.alloc(0);
    return { path, type, mode: mode & 0o7777, uid, gid, size, content, layer };
  }

  return { visited, resolve };
}

/** Whether a part of a path leads anywhere. */
function isName(part: string): boolean {
  return part !== '' && part !== '.';
}

function symlinkTarget(entry: LayerEntry): string {
  // A name in another encoding than UTF-8 was not kept as it is.
  if (!entry.linkname.includes('\ufffd')) return entry.linkname;
  throw new LayoutError(
    'symlink-target',
    `${JSON.stringify(entry.path)} leads to a name that is not UTF-8: expected UTF-8`,
  );
}
