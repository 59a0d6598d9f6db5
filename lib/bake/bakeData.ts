/** One of bake's `DISTROS`: what the target `marker-<name>` is built from. */
export interface BakeDistro {
  name: string;
  platforms: readonly string[];
  /** Named contexts: `base`, the base image; `marker`, a folder with the marker of each platform. */
  contexts: { base: string; marker: string };
  /** The folder that the OCI layout is written to. */
  out: string;
}

/** One of bake's `WORKERS`: a subject by one path on one distro, and where its probe goes. */
export interface BakeWorker {
  /** The target's name; its probe is `probe-<name>`. */
  name: string;
  context: string;
  dockerfile: string;
  target: string;
  args: Readonly<Record<string, string>>;
  /** Named contexts, such as the worker context of a frontend. */
  contexts: Readonly<Record<string, string>>;
  platforms: readonly string[];
  /** Build arguments of the probe. */
  probe: Readonly<Record<string, string>>;
  out: string;
}

/** What bake reads beside docker-bake.hcl. */
export interface BakeData {
  /** The folder of the Dockerfiles. */
  stages: string;
  distros: readonly BakeDistro[];
  workers: readonly BakeWorker[];
}

/** The text of a bake file that holds the data and nothing else (bake's JSON: `variable.<NAME>.default`). */
export function formatBakeData({ stages, distros, workers }: BakeData): string {
  const variable = {
    STAGES: { default: stages },
    DISTROS: { default: distros },
    WORKERS: { default: workers },
  };
  return escapeTemplates(JSON.stringify({ variable }, null, 2)) + '\n';
}

/**
 * Bake reads the strings of its JSON as HCL templates, so what would begin one is written twice (HCL `json/spec.md`,
 * "Expressions").
 */
export function escapeTemplates(json: string): string {
  return json.replace(/([$%])\{/g, '$1$1{');
}
