/**
 * The documents of OCI image-spec 1.1, with the names that the spec gives them. Docker's schema 2 documents have the
 * same shape and other media types (`mediaTypes.ts`).
 */

/** image-spec `image-index.md`, the `platform` property of a descriptor. */
export interface OciPlatform {
  os: string;
  architecture: string;
  variant?: string;
  'os.version'?: string;
}

/** image-spec `descriptor.md`. `size` is in bytes; `digest` is `sha256:` or `sha512:` and lower-case hex. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: OciPlatform;
  annotations?: Record<string, string>;
  artifactType?: string;
}

/** image-spec `image-index.md`; also a layout's `index.json` (`image-layout.md`). */
export interface Index {
  schemaVersion: 2;
  mediaType?: string;
  manifests: Descriptor[];
  annotations?: Record<string, string>;
}

/** image-spec `manifest.md`. Layers are in the order in which they are applied: base first. */
export interface Manifest {
  schemaVersion: 2;
  mediaType?: string;
  artifactType?: string;
  config: Descriptor;
  layers: Descriptor[];
  annotations?: Record<string, string>;
}

/** image-spec `config.md`; only the properties that this project reads or writes. */
export interface ImageConfig extends OciPlatform {
  created?: string;
  config?: {
    Env?: string[];
    Entrypoint?: string[];
    Cmd?: string[];
    Labels?: Record<string, string>;
    WorkingDir?: string;
  };
  /** `diff_ids` are the digests of the unpacked layers, in the order of the manifest's layers. */
  rootfs: { type: 'layers'; diff_ids: string[] };
  history?: { created?: string; created_by?: string; comment?: string; empty_layer?: boolean }[];
}
