import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fixFor } from '../../lib/doctor/fixes.ts';

// The reasons as lib/engine/givenBuilder.ts and tryBuilder.ts give them.
for (const [unfit, fix] of [
  ['no docker command is installed', /install Docker/],
  ['docker has no buildx plugin', /docker-buildx/],
  ['buildx 0.16.2 is older than 0.17.0', /update buildx/],
  ['no Docker engine answers', /DOCKER_HOST/],
  [
    'builder "default" (docker) cannot build several platforms into an OCI layout: x',
    /containerd image store/,
  ],
  ['builder "x" (docker-container) cannot pull from this machine’s loopback: x', /network=host/],
  ['builder "x" (kubernetes) has nodes of several platforms (linux/amd64, linux/arm64)', /BUILDX_BUILDER/],
  ['something else', /inspect --bootstrap/],
] as const)
  test(`There is a fix for: ${unfit}`, () => {
    assert.match(fixFor(unfit), fix);
  });

test.run();
