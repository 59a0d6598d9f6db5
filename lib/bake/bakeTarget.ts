import { escapeTemplates } from './bakeData.ts';

/** A target of one build that is exported as an OCI layout. */
interface BakeTarget {
  context: string;
  dockerfile: string;
  contexts: Readonly<Record<string, string>>;
  platforms: readonly string[];
  /** The folder that the OCI layout is written to. */
  out: string;
}

/**
 * The text of a bake file that builds that, and exports it by another target, `export-<name>`: buildx before 0.31 gives no
 * provenance for a target of several platforms that it exports. Neither has attestations, which would be in the layout.
 */
export function formatBakeTarget(name: string, { out, ...build }: BakeTarget): string {
  const attest = ['type=provenance,disabled=true', 'type=sbom,disabled=true'];
  const target = {
    [name]: { ...build, attest, output: ['type=cacheonly'] },
    [exportOf(name)]: {
      'dockerfile-inline': 'FROM built\n',
      contexts: { built: `target:${name}` },
      platforms: build.platforms,
      attest,
      output: [`type=oci,dest=${out},tar=false`],
    },
  };
  return escapeTemplates(JSON.stringify({ target }, null, 2)) + '\n';
}

/** The target that exports what another builds. */
export function exportOf(name: string): string {
  return `export-${name}`;
}
