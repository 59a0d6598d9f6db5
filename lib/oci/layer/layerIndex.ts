import { LayoutError } from '../layoutError.ts';
import type { LookupLimits } from '../limits.ts';
import { cleanTarName, type TarEntry } from '../tar/entry.ts';

/** A file of a layer. A layer can have very many: no more of the tar's entry is kept than lookups need. */
export interface LayerEntry extends Pick<
  TarEntry,
  'type' | 'linkname' | 'mode' | 'uid' | 'gid' | 'size' | 'offset'
> {
  /** The name as a path from the root, without a leading slash; `''` never occurs. */
  path: string;
  /** For a hard link whose target comes earlier in the same layer: that file, as it was then. */
  linked?: LayerEntry;
  /** The payload, where it was asked for. */
  content?: Buffer;
}

/** What one layer says about paths: what it adds, and what it hides of the layers below. */
export interface LayerIndex {
  /** By path; of a path that comes twice, the last. */
  entries: ReadonlyMap<string, LayerEntry>;
  /**
   * Directories that files of this layer lie in and that no entry had made before: below, there may be something else
   * of that name.
   */
  implied: ReadonlySet<string>;
  /** Paths that are removed from the layers below. */
  whiteouts: ReadonlySet<string>;
  /** Directories of which everything below is hidden; `''` is the root. */
  opaque: ReadonlySet<string>;
}

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

export interface LayerIndexBuilder {
  /** Takes the next entry of the layer; the result is undefined for a whiteout and for the root. */
  add(entry: TarEntry): LayerEntry | undefined;
  /** To be called after the last entry. */
  finish(): LayerIndex;
}

/**
 * Builds the index of a layer from its entries in their order (image-spec `layer.md`).
 *
 * Whatever depends on the order in which a reader applies things is refused: a path that is a directory and also
 * something else, files below what is no directory, a whiteout of what the same layer brings. There the spec and
 * containerd's `pkg/archive/tar.go` part ways.
 *
 * @throws {LayoutError} with a `layer-` rule, `tar-name-traversal` or `tar-too-many-entries`.
 */
export function createLayerIndex(
  limits: Pick<LookupLimits, 'layerEntries' | 'layerNameBytes'>,
): LayerIndexBuilder {
  const entries = new Map<string, LayerEntry>();
  const implied = new Set<string>();
  const whiteouts = new Set<string>();
  const opaque = new Set<string>();
  let count = 0;
  let nameBytes = 0;

  function checkLimits(entry: TarEntry): void {
    count += 1;
    nameBytes += entry.name.length + entry.linkname.length;
    if (count > limits.layerEntries || nameBytes > limits.layerNameBytes) {
      throw new LayoutError(
        'tar-too-many-entries',
        `over ${limits.layerEntries} entries or ${limits.layerNameBytes} bytes of names: expected fewer`,
      );
    }
  }

  /** Checks the directories above a path, and notes those that no entry has made. */
  function checkParents(path: string): void {
    for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) {
      const type = entries.get(parent)?.type;
      if (type === 'directory' || implied.has(parent)) return;
      if (type !== undefined) {
        throw new LayoutError('layer-parent', `${quote(path)} lies below a ${type}: expected a directory`);
      }
      implied.add(parent);
    }
  }

  function checkReplacement(path: string, type: string): void {
    const before = implied.has(path) ? 'directory' : entries.get(path)?.type;
    if (before !== undefined && (before === 'directory') !== (type === 'directory')) {
      throw new LayoutError(
        'layer-type-change',
        `${quote(path)} is a ${before} and then a ${type} in one layer: expected one of them`,
      );
    }
  }

  return {
    add(entry) {
      checkLimits(entry);
      const path = cleanTarName(entry.name);
      if (path === '') {
        if (entry.type === 'directory') return undefined;
        throw new LayoutError('tar-name', `the root is a ${entry.type}: expected a directory`);
      }
      const parent = parentOf(path);
      const base = baseOf(path);
      if (`/${parent}`.includes(`/${WHITEOUT}`)) throw whiteoutName(path);
      checkParents(path);
      if (base.startsWith(WHITEOUT)) {
        if (base === OPAQUE) opaque.add(parent);
        else whiteouts.add(whiteoutTarget(path, parent, base));
        return undefined;
      }
      checkReplacement(path, entry.type);
      if (entry.type === 'character-device' && entry.deviceMajor === 0 && entry.deviceMinor === 0) {
        throw new LayoutError(
          'layer-overlay-device',
          `${quote(path)} is device 0/0, which hides a file on overlayfs: expected whiteouts as files only`,
        );
      }
      const linked = entry.type === 'link' ? entries.get(cleanTarName(entry.linkname)) : undefined;
      const { type, linkname, mode, uid, gid, size, offset } = entry;
      const added: LayerEntry = { path, type, linkname, mode, uid, gid, size, offset };
      if (linked !== undefined) added.linked = linked;
      entries.set(path, added);
      return added;
    },
    finish() {
      for (const path of whiteouts) if (entries.has(path) || implied.has(path)) throw whiteoutConflict(path);
      if (opaque.size > 0) {
        for (const path of implied)
          if (ancestorsOf(path).some((a) => opaque.has(a))) throw whiteoutConflict(path);
      }
      return { entries, implied, whiteouts, opaque };
    },
  };
}

/** `a/b` for `a/b/c`, and `''` for what lies in the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** `c` for `a/b/c`. */
export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The directories above a path, the nearest first, the root (`''`) last. */
export function ancestorsOf(path: string): string[] {
  const all: string[] = [];
  for (let parent = parentOf(path); ; parent = parentOf(parent)) {
    all.push(parent);
    if (parent === '') return all;
  }
}

function whiteoutTarget(path: string, parent: string, base: string): string {
  const hidden = base.slice(WHITEOUT.length);
  if (hidden === '' || hidden === '.' || hidden === '..' || hidden.startsWith(WHITEOUT))
    throw whiteoutName(path);
  return parent === '' ? hidden : `${parent}/${hidden}`;
}

function whiteoutName(path: string): LayoutError {
  return new LayoutError(
    'layer-whiteout-name',
    `${quote(path)}: expected ${WHITEOUT}<name> or ${OPAQUE}, and nothing below it`,
  );
}

function whiteoutConflict(path: string): LayoutError {
  return new LayoutError(
    'layer-whiteout-conflict',
    `${quote(path)} is brought and hidden by the same layer: expected one of them`,
  );
}

function quote(path: string): string {
  return JSON.stringify(path);
}
