import { spellOption } from '../fault/spelling.ts';

const FIXES: readonly [reason: RegExp, fix: string | (() => string)][] = [
  [/no docker command/, 'install Docker 25 or later with buildx'],
  [
    /no buildx plugin/,
    'install buildx 0.17 or later: the package docker-buildx-plugin, or docker-buildx of the distribution',
  ],
  [/is older than/, 'update buildx: https://github.com/docker/buildx/releases'],
  [/no Docker engine answers/, 'start it: systemctl start docker; or say where it is with DOCKER_HOST'],
  [
    /several platforms into an OCI layout|without an image index/,
    'switch the containerd image store on ("features": {"containerd-snapshotter": true} in /etc/docker/daemon.json), or make a builder: docker buildx create --use --driver-opt network=host',
  ],
  [
    /this machine’s loopback/,
    () =>
      'make a builder that shares it: docker buildx create --use --driver-opt network=host; or name a registry that both ' +
      `it and this machine can reach: ${spellOption('MARKER_REGISTRY', 'host/repository')}`,
  ],
  [
    /nodes of several platforms|does not say which platform/,
    'name a builder on one machine with BUILDX_BUILDER',
  ],
];

/** What to do about a builder that cannot be used, by the reason that `findGivenBuilder` gives. */
export function fixFor(unfit: string): string {
  const [, fix] = FIXES.find(([reason]) => reason.test(unfit)) ?? [];
  if (typeof fix === 'function') return fix();
  return (
    fix ?? 'see what `docker buildx inspect --bootstrap` says, or name another builder with BUILDX_BUILDER'
  );
}
