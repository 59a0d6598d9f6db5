import type { Layout } from '../blobs.ts';
import { LayoutError, located } from '../layoutError.ts';
import type { LookupLimits } from '../limits.ts';
import type { LayerIndex } from './layerIndex.ts';
import type { LayerEntry } from './layerPaths.ts';
import { readLayer, readPayload, type LayerContent } from './readLayer.ts';
import { NOTHING_SPENT, type LayerSource, type Spent } from './streamLayer.ts';

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
 * @param spent what was unpacked before and counts with it; counted on. Nothing is held yet.
 */
export function openLayerStack(
  layout: Layout,
  layers: readonly LayerSource[],
  wanted: ReadonlySet<string>,
  limits: LookupLimits,
  spent: Spent,
): LayerStack {
  const loaded = new Map<number, LayerContent>();
  spent.held = NOTHING_SPENT.held;

  async function load(layer: number): Promise<LayerContent> {
    const known = loaded.get(layer);
    if (known !== undefined) return known;
    const content = await readLayer(layout, sourceOf(layer), wanted, limits, spent);
    spent.held = content.held;
    loaded.set(layer, content);
    return content;
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
      const { index } = await load(layer);
      if (index.isImplied(path)) {
        await checkImplied(path, layer, index);
        return { layer, type: 'directory' };
      }
      const entry = index.entryAt(path);
      if (entry !== undefined) return { layer, type: entry.type, entry };
      if (index.hides(path)) return undefined;
    }
    return undefined;
  }

  /** A directory that a layer takes for granted must be one below, or nothing. */
  async function checkImplied(path: string, layer: number, index: LayerIndex): Promise<void> {
    const below = index.hides(path) ? undefined : await stateOf(path, layer - 1);
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
      const { payloads } = await load(layer);
      const known = payloads.get(file.path);
      if (known?.offset === file.offset) return known.bytes;
      const bytes = await readPayload(layout, sourceOf(layer), file, limits, spent);
      payloads.set(file.path, { offset: file.offset, bytes });
      return bytes;
    },
    async checkDetours(paths) {
      const names = new Set(paths.flatMap((path) => path.split('/')));
      for (const [layer, { index }] of [...loaded]) {
        for (const directory of index.impliedAbove(names, new Set(paths)))
          await checkImplied(directory, layer, index);
      }
    },
  };
}
