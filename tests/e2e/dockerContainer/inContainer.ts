import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Builder } from '../../../lib/engine/builder.ts';
import { runCommand } from '../../../lib/engine/command.ts';
import { toolPrefix, type ToolPrefix } from '../../../lib/engine/toolPrefix.ts';
import { canaryElf } from '../../../lib/proof/canaryElf.ts';
import { buildGo } from '../../oracle/go.ts';
import { BUILDCTL, BUILDKITD } from '../buildkit/programs.ts';
import { dockerCli } from '../nodes/dockerCli.ts';

/** The image that buildx makes the container from: BuildKit's own cannot be had where no registry can be reached. */
const IMAGE = 'platform-marker.test/buildkit';
/** The driver's options by the name of the builder. */
const BUILDERS = {
  near: { tag: 'plain', options: ',network=host' },
  apart: { tag: 'plain', options: '' },
  emulating: { tag: 'emulators', options: ',network=host' },
} as const;

export type BuilderName = keyof typeof BUILDERS;

/**
 * Runs `use` with builders of buildx's driver `docker-container` in an engine: `near` shares the engine's loopback, `apart` does
 * not, and `emulating` has an emulator of its own, as BuildKit's image does. `env` makes the engine a person's Docker.
 */
export async function withBuilders(
  engine: Builder,
  folder: string,
  use: (env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const prefix = await toolPrefix(() => undefined);
  const env = { ...engine.env, ...(await dockerCli(prefix, join(folder, 'docker'))), BUILDX_BUILDER: '' };
  const docker = (...args: string[]) => runCommand(engine.docker, args, { env });
  const names = Object.entries(BUILDERS);
  try {
    await writeContext(join(folder, 'context'), prefix);
    for (const tag of new Set(names.map(([, builder]) => builder.tag)))
      await docker(
        'buildx',
        'build',
        '--load',
        `--target=${tag}`,
        `--tag=${IMAGE}:${tag}`,
        join(folder, 'context'),
      );
    for (const [name, { tag, options }] of names)
      await docker(
        'buildx',
        'create',
        `--name=${name}`,
        '--driver=docker-container',
        `--driver-opt=image=${IMAGE}:${tag}${options}`,
      );
    await use(env);
  } finally {
    // Their containers and volumes go with them.
    for (const [name] of names) await docker('buildx', 'rm', '--force', name).catch(() => undefined);
    for (const tag of new Set(names.map(([, builder]) => builder.tag)))
      await docker('image', 'rm', '--force', `${IMAGE}:${tag}`).catch(() => undefined);
  }
}

/** BuildKit as it is built from its Go module, with Debian's runc and the libraries that it needs, and nothing else. */
async function writeContext(folder: string, prefix: ToolPrefix): Promise<void> {
  const [buildkitd, buildctl] = await Promise.all([buildGo(BUILDKITD), buildGo(BUILDCTL)]);
  const runc = join(prefix.root, 'usr/sbin/runc');
  const files: [from: string, to: string][] = [
    [buildkitd, 'root/usr/bin/buildkitd'],
    [buildctl, 'root/usr/bin/buildctl'],
    [runc, 'root/usr/bin/runc'],
  ];
  const { stdout } = await runCommand('ldd', [runc], { env: prefix.env });
  for (const [, library = ''] of stdout.matchAll(/(\/\S+) \(0x/g)) {
    const path = library.startsWith(`${prefix.root}/`) ? library.slice(prefix.root.length) : library;
    // Debian's loader looks in the folders that it comes with; where /lib is a link to /usr/lib they are the same.
    files.push([library, join('root', dirname(path), basename(path))]);
  }
  for (const [from, to] of files) {
    await mkdir(dirname(join(folder, to)), { recursive: true });
    await copyFile(from, join(folder, to));
  }
  // It answers with status 0 to whatever it is given: no QEMU, but a build cannot tell. BuildKit knows it by its name
  // (`util/archutil`, `solver/llbsolver/ops/exec_binfmt.go`).
  await writeFile(join(folder, 'emulator'), canaryElf('linux/amd64'), { mode: 0o755 });
  const dockerfile = `FROM scratch AS plain
COPY root /
WORKDIR /tmp
ENTRYPOINT ["buildkitd"]
FROM plain AS emulators
COPY emulator /usr/bin/buildkit-qemu-aarch64
`;
  await writeFile(join(folder, 'Dockerfile'), dockerfile);
}
