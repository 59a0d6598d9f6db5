/** Where a base's bytes came from. A stand-in has no distro content but its os-release. */
export type BaseKind = 'registry' | 'layout' | 'bootstrap' | 'stand-in';

/** A distro's base image as this run uses it. */
export interface Base {
  kind: BaseKind;
  /** As distros.yaml names it, normalized. */
  ref: string;
  /** Of the index that holds a manifest for each platform. */
  digest: string;
  /** The value of bake's named context `base`: `docker-image://…@sha256:…` or `oci-layout://…@sha256:…`. */
  context: string;
  /** The folder of its OCI layout; a base from a registry has none here. */
  layout?: string;
  /** By platform, the older variant whose image BuildKit takes for it, where its index has none of its own. */
  instead?: Readonly<Record<string, string>>;
}

/** Whether the base holds the distro's own packages, so that its package manager can install into it. */
export function isRealBase(kind: BaseKind): boolean {
  return kind !== 'stand-in';
}
