import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dirname } from 'node:path';
import { findGivenBuilder } from '../../lib/engine/givenBuilder.ts';
import { withFakeDocker } from './fakeDocker.ts';

/** Looks for a builder where `docker` is a stand-in that answers with `script`. */
const find = (script: string) =>
  withFakeDocker(script, async ({ builder }) => {
    const path = process.env['PATH'];
    process.env['PATH'] = `${dirname(builder.docker)}:${path ?? ''}`;
    try {
      return await findGivenBuilder();
    } finally {
      process.env['PATH'] = path;
    }
  });
const unfit = async (script: string) => {
  const found = await find(script);
  return 'unfit' in found ? found.unfit : 'fit';
};
const DESCRIBED = `case "$ALL" in
  'buildx version') echo 'github.com/docker/buildx v0.29.1 abc'; exit 0 ;;
  'buildx inspect') printf 'Name: default\\nDriver: docker\\n\\nNodes:\\nName: default\\nEndpoint: default\\nStatus: running\\n'; exit 0 ;;
  version*) echo '28.5.2 linux/amd64'; exit 0 ;;
esac`;

test('A docker without buildx is named as such', async () => {
  assert.match(
    await unfit(`echo "docker: 'buildx' is not a docker command." >&2; exit 1`),
    /no buildx plugin/,
  );
});

test('An engine that does not answer is named as such', async () => {
  const script = `${DESCRIBED.replace(/ {2}'buildx inspect'.*\n/, '')}
echo 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?' >&2; exit 1`;
  assert.match(await unfit(script), /no Docker engine answers/);
});

test('A builder that exports no OCI layout is named with its driver and its own words', async () => {
  const script = `${DESCRIBED}\necho 'ERROR: OCI exporter is not supported for the docker driver' >&2; exit 1`;
  assert.match(
    await unfit(script),
    /builder "default" \(docker\) cannot build several platforms .*OCI exporter is not supported/,
  );
});

test.run();
