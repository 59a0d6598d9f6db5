import { SAYS, type LayerEntry, type LayerPaths } from './layerPaths.ts';
import { ROOT } from './pathTree.ts';

/** What one layer says about paths: what it adds, and what it hides of the layers below. */
export interface LayerIndex {
  /** What the layer brings at a path. */
  entryAt(path: string): LayerEntry | undefined;
  /** Whether the layer takes a path for a directory without bringing it: below, there may be something else of that name. */
  isImplied(path: string): boolean;
  /** Whether the layer hides a path of the layers below: itself, a directory above it, or all that such a one holds. */
  hides(path: string): boolean;
  /**
   * The implied ones among the directories above paths that the layer brings or hides and that end in one of `names` and
   * are none of `paths`, among those that it makes opaque, and above these.
   */
  impliedAbove(names: ReadonlySet<string>, paths: ReadonlySet<string>): Iterable<string>;
}

export function createLayerIndex(paths: LayerPaths): LayerIndex {
  const { tree } = paths;

  /** The implied ones among a directory and those above it, each once. */
  function* climb(from: number, isSeen: Uint8Array): Generator<string> {
    for (let node = from; node !== ROOT && isSeen[node] === 0; node = tree.parentOf(node)) {
      isSeen[node] = 1;
      if (paths.says(node, SAYS.implied)) yield tree.pathOf(node);
    }
  }

  return {
    entryAt(path) {
      const { node, isIt } = tree.nearest(path);
      return isIt ? paths.entryOf(node) : undefined;
    },
    isImplied(path) {
      const { node, isIt } = tree.nearest(path);
      return isIt && paths.says(node, SAYS.implied);
    },
    hides(path) {
      const { node, isIt } = tree.nearest(path);
      if (isIt && paths.says(node, SAYS.whiteout)) return true;
      for (let above = isIt ? tree.parentOf(node) : node; ; above = tree.parentOf(above)) {
        if (paths.says(above, SAYS.whiteout | SAYS.opaque)) return true;
        if ((paths.typeOf(above) ?? 'directory') !== 'directory') return true;
        if (above === ROOT) return false;
      }
    },
    *impliedAbove(names, except) {
      const isSeen = new Uint8Array(tree.count());
      for (const node of tree.named(names)) {
        const isSaid = paths.hasEntry(node) || paths.says(node, SAYS.whiteout);
        if (isSaid && !except.has(tree.pathOf(node))) yield* climb(tree.parentOf(node), isSeen);
      }
      for (let node = 1; node < tree.count(); node++) {
        if (paths.says(node, SAYS.opaque)) yield* climb(node, isSeen);
      }
    },
  };
}
