import type { Layout } from '../blobs.ts';
import { LayoutError, located } from '../layoutError.ts';
import type { LookupLimits } from '../limits.ts';
import { ancestorsOf, baseOf, type LayerEntry, type LayerIndex } from './layerIndex.ts';
import { readLayer, type Budget, type LayerSource } from './readLayer.ts';

/** What is at a path, and in which layer (0 is the base). An implied directory has no entry. */
export interface PathState {
  layer: number;
  type: LayerEntry['type'];
  entry?: LayerEntry;
}

/** The layers of one image as one root filesystem, of which only the layers that are needed are read, newest first. */
export interface LayerStack {
  /** The highest layer's number, -1 for an image without layers. */
  readonly top: number;
  /**
   * What is at a path, looking at `from` and the layers below. The directories above the path are taken as they are
   * there: no symlink is followed.
   */
  stateOf(path: string, from: number): Promise<PathState | undefined>;
  /** The content of a file of a layer; read in another pass over it where it was not picked up on the way. */
  contentOf(layer: number, file: LayerEntry): Promise<Buffer>;
  /**
   * Refuses the image when one of the layers read so far writes, hides or replaces one of these paths by way of a
   * symlink of a layer below, which containerd would follow.
   */
  checkDetours(paths: readonly string[]): Promise<void>;
}

/**
 * Opens the layers of an image.
 *
 * @param layers from the base up.
 * @param wanted paths whose content is kept while a layer is read for the first time.
 */
export function openLayerStack(
  layout: Layout,
  layers: readonly LayerSource[],
  wanted: ReadonlySet<string>,
  limits: LookupLimits,
): LayerStack {
  const indexes = new Map<number, LayerIndex>();
  const budget: Budget = { bytes: limits.unpackedBytes };

  async function load(layer: number): Promise<LayerIndex> {
    const known = indexes.get(layer);
    if (known !== undefined) return known;
    const index = await readLayer(layout, sourceOf(layer), (entry) => wanted.has(entry.path), limits, budget);
    indexes.set(layer, index);
    return index;
  }

  function sourceOf(layer: number): LayerSource {
    const source = layers[layer];
    if (source === undefined) throw new RangeError(`there is no layer ${layer}`);
    return source;
  }

  function refuse(layer: number, error: LayoutError): unknown {
    return located(error, { layout: layout.path, descriptor: sourceOf(layer).descriptor });
  }

  async function stateOf(path: string, from: number): Promise<PathState | undefined> {
    for (let layer = from; layer >= 0; layer--) {
      const index = await load(layer);
      const entry = index.entries.get(path);
      if (index.implied.has(path)) {
        await checkImplied(path, layer, index);
        return { layer, type: 'directory' };
      }
      if (entry !== undefined) return { layer, type: entry.type, entry };
      if (hides(index, path)) return undefined;
    }
    return undefined;
  }

  /** A directory that a layer takes for granted must be one below, or nothing. */
  async function checkImplied(path: string, layer: number, index: LayerIndex): Promise<void> {
    const below = hides(index, path) ? undefined : await stateOf(path, layer - 1);
    if (below === undefined || below.type === 'directory') return;
    throw refuse(
      layer,
      new LayoutError(
        'layer-through-symlink',
        `has files below ${JSON.stringify(path)}, which is a ${below.type} in layer ${below.layer}: expected a directory`,
      ),
    );
  }

  return {
    top: layers.length - 1,
    stateOf,
    async contentOf(layer, file) {
      if (file.content !== undefined) return file.content;
      let picked: LayerEntry | undefined;
      const isIt = (entry: LayerEntry) => {
        if (entry.offset === file.offset) picked = entry;
        return entry === picked;
      };
      await readLayer(layout, sourceOf(layer), isIt, limits, budget);
      file.content = picked?.content ?? Buffer.alloc(0);
      return file.content;
    },
    async checkDetours(paths) {
      const names = new Set(paths.flatMap((path) => path.split('/')));
      for (const [layer, index] of [...indexes]) {
        for (const detour of detours(index, new Set(paths), names)) {
          for (const above of ancestorsOf(detour)) {
            if (above !== '' && index.implied.has(above)) await checkImplied(above, layer, index);
          }
        }
      }
    },
  };
}

/** Whether a layer hides a path of the layers below: itself, a directory above it, or all that such a directory holds. */
function hides(index: LayerIndex, path: string): boolean {
  if (index.whiteouts.has(path)) return true;
  return ancestorsOf(path).some((above) => {
    const type = above === '' ? 'directory' : (index.entries.get(above)?.type ?? 'directory');
    return type !== 'directory' || index.whiteouts.has(above) || index.opaque.has(above);
  });
}

/** Paths of a layer that could be one of `paths` by another way: those that end in one of their names. */
function* detours(
  index: LayerIndex,
  paths: ReadonlySet<string>,
  names: ReadonlySet<string>,
): Generator<string> {
  for (const all of [index.entries.keys(), index.whiteouts]) {
    for (const path of all) if (!paths.has(path) && names.has(baseOf(path))) yield path;
  }
  for (const directory of index.opaque) if (directory !== '') yield `${directory}/`;
}
