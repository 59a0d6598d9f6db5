import { LayoutError } from '../layoutError.ts';
import type { LookupLimits } from '../limits.ts';
import { cleanTarName, type TarEntry, type TarType } from '../tar/entry.ts';
import { createLayerIndex, type LayerIndex } from './layerIndex.ts';
import { createLayerPaths, SAYS, type LayerPaths } from './layerPaths.ts';
import { ROOT } from './pathTree.ts';

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** What memory is kept for. */
export interface Held {
  /** Entries, and directories that they imply. */
  entries: number;
  /** Bytes of names and link targets. */
  nameBytes: number;
}

/** An index that is being built. */
export interface LayerIndexer {
  /**
   * Takes the next entry of the layer.
   *
   * @returns its path from the root; undefined for a whiteout and for the root.
   */
  add(entry: TarEntry): string | undefined;
  /** To be called after the last entry. */
  finish(): { index: LayerIndex; held: Held };
}

/**
 * Builds the index of a layer from its entries in their order (image-spec `layer.md`).
 *
 * Whatever depends on the order in which a reader applies things is refused: a path that is a directory and also
 * something else, files below what is no directory, a whiteout of what the same layer brings. There the spec and
 * containerd's `pkg/archive/tar.go` part ways.
 *
 * @param before what the layers hold that are kept already.
 * @throws {LayoutError} with a `layer-` rule, `tar-name-traversal` or `tar-too-many-entries`.
 */
export function indexLayer(limits: Pick<LookupLimits, keyof Held>, before: Held): LayerIndexer {
  const paths = createLayerPaths();
  const { tree } = paths;
  let entries = before.entries;
  const nameBytes = () => before.nameBytes + paths.nameBytes();

  function checkLimits(): void {
    if (entries <= limits.entries && nameBytes() <= limits.nameBytes) return;
    throw new LayoutError(
      'tar-too-many-entries',
      `over ${limits.entries} entries or ${limits.nameBytes} bytes of names in the layers read: expected fewer`,
    );
  }

  /** Checks the directory that a path lies in and those above, and notes those that no entry has made. */
  function checkParents(path: string, directory: number): void {
    for (let above = directory; above !== ROOT; above = tree.parentOf(above)) {
      const type = paths.typeOf(above);
      if (type === 'directory' || paths.says(above, SAYS.implied)) return;
      if (type !== undefined) {
        throw new LayoutError('layer-parent', `${quote(path)} lies below a ${type}: expected a directory`);
      }
      paths.note(above, SAYS.implied);
      entries += 1;
    }
  }

  function checkReplacement(path: string, node: number, type: TarType): void {
    const before = paths.says(node, SAYS.implied) ? 'directory' : paths.typeOf(node);
    if (before !== undefined && (before === 'directory') !== (type === 'directory')) {
      throw new LayoutError(
        'layer-type-change',
        `${quote(path)} is a ${before} and then a ${type} in one layer: expected one of them`,
      );
    }
  }

  function addWhiteout(path: string, parent: string, base: string): void {
    const isOpaque = base === OPAQUE;
    const node = tree.add(isOpaque ? parent : whiteoutTarget(path, parent, base));
    checkParents(path, isOpaque ? node : tree.parentOf(node));
    paths.note(node, isOpaque ? SAYS.opaque : SAYS.whiteout);
  }

  function addEntry(path: string, entry: TarEntry): void {
    const node = tree.add(path);
    checkParents(path, tree.parentOf(node));
    checkReplacement(path, node, entry.type);
    if (entry.type === 'character-device' && entry.deviceMajor === 0 && entry.deviceMinor === 0) {
      throw new LayoutError(
        'layer-overlay-device',
        `${quote(path)} is device 0/0, which hides a file on overlayfs: expected whiteouts as files only`,
      );
    }
    const target = entry.type === 'link' ? tree.nearest(cleanTarName(entry.linkname)) : undefined;
    paths.setEntry(node, entry, target?.isIt === true ? target.node : undefined);
  }

  return {
    add(entry) {
      const path = cleanTarName(entry.name);
      entries += 1;
      if (path === '') {
        if (entry.type === 'directory') return undefined;
        throw new LayoutError('tar-name', `the root is a ${entry.type}: expected a directory`);
      }
      const slash = path.lastIndexOf('/');
      const [parent, base] = [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
      if (`/${parent}`.includes(`/${WHITEOUT}`)) throw whiteoutName(path);
      const isWhiteout = base.startsWith(WHITEOUT);
      if (isWhiteout) addWhiteout(path, parent, base);
      else addEntry(path, entry);
      checkLimits();
      return isWhiteout ? undefined : path;
    },
    finish() {
      checkWhiteouts(paths);
      return { index: createLayerIndex(paths), held: { entries, nameBytes: nameBytes() } };
    },
  };
}

/** A directory's number is lower than those of what it holds, so that one pass is enough. */
function checkWhiteouts(paths: LayerPaths): void {
  const { tree } = paths;
  const isBelowOpaque = new Uint8Array(tree.count());
  for (let node = 1; node < tree.count(); node++) {
    const parent = tree.parentOf(node);
    if (paths.says(parent, SAYS.opaque) || isBelowOpaque[parent] === 1) isBelowOpaque[node] = 1;
    const isImplied = paths.says(node, SAYS.implied);
    const isHiddenToo = paths.says(node, SAYS.whiteout) && (isImplied || paths.hasEntry(node));
    if (!isHiddenToo && !(isImplied && isBelowOpaque[node] === 1)) continue;
    throw new LayoutError(
      'layer-whiteout-conflict',
      `${quote(tree.pathOf(node))} is brought and hidden by the same layer: expected one of them`,
    );
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

function quote(path: string): string {
  return JSON.stringify(path);
}
