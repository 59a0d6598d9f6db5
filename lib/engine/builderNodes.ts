import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { dockerConfigFolder } from './dockerCredentials.ts';

/** One of a builder's machines, and how it is reached alone. */
export interface NodeAlone {
  name: string;
  /** Added to the environment of a call of buildx, which then knows of this machine and of no other. */
  env: Readonly<Record<string, string>>;
}

/** A builder as buildx keeps it (docker/buildx `store/nodegroup.go`); what is not read here is carried over as it is. */
const instance = z.looseObject({ Nodes: z.array(z.looseObject({ Name: z.string() })) });

/**
 * The machines of a builder of several, each reached alone: buildx chooses by platform, so one that is to run something
 * has to be the only one it knows. That is a copy of the builder with one node, in a configuration folder of its own;
 * the node's endpoint, options and certificates are the same. Empty for a builder of one machine.
 *
 * `close` takes the copies away.
 */
export async function separateNodes(
  builder: string,
): Promise<{ nodes: NodeAlone[]; close: () => Promise<void> }> {
  const nothing = { nodes: [], close: () => Promise.resolve() };
  const folder = process.env['BUILDX_CONFIG'] || join(dockerConfigFolder(), 'buildx');
  // A name that is none, such as that of a context with a path in it, has no file.
  const file = /^[\w.-]+$/.test(builder) ? join(folder, 'instances', builder) : '';
  const text = file === '' ? undefined : await readFile(file, 'utf8').catch(() => undefined);
  const read = instance.safeParse(text === undefined ? undefined : parse(text));
  if (!read.success || read.data.Nodes.length < 2) return nothing;
  const { data } = read;
  const copies = await mkdtemp(join(tmpdir(), 'platform-marker-nodes-'));
  const close = () => rm(copies, { recursive: true, force: true });
  const nodes: NodeAlone[] = [];
  try {
    for (const [at, node] of data.Nodes.entries()) {
      const config = join(copies, String(at));
      await mkdir(join(config, 'instances'), { recursive: true, mode: 0o700 });
      // Driver options can be credentials.
      await writeFile(join(config, 'instances', builder), JSON.stringify({ ...data, Nodes: [node] }), {
        mode: 0o600,
      });
      nodes.push({ name: node.Name, env: { BUILDX_CONFIG: config, BUILDX_BUILDER: builder } });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { nodes, close };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
