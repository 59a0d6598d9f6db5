import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findGivenBuilder } from '../../lib/engine/givenBuilder.ts';
import { withFakeDocker } from './fakeDocker.ts';

const MARKER = fileURLToPath(new URL('../fixtures/buildkit/marker', import.meta.url));

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

test('An engine that does not answer is named as such although inspecting its builder succeeds', async () => {
  const described = DESCRIBED.replace(
    /printf 'Name: default.*'; exit 0/,
    `printf 'Name:   default\\nDriver: \\nError:  Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?\\n'; exit 0`,
  );
  assert.is(await unfit(described), 'no Docker engine answers');
});

test('A builder that writes no layout, or one without an index, is named as such', async () => {
  const says = /exports an OCI layout without an image index/;
  assert.match(await unfit(`${DESCRIBED}\nexit 0`), says);
  const writes = (index: string) => `${DESCRIBED}
for arg; do case $arg in --output=*dest=*) dest=\${arg##*dest=} ;; esac; done
mkdir -p "$dest"; echo '${index}' >"$dest/index.json"`;
  const manifest = '{"mediaType":"application/vnd.oci.image.manifest.v1+json"}';
  assert.match(await unfit(writes(`{"manifests":[${manifest}]}`)), says);
  assert.match(await unfit(writes(`{"manifests":[${manifest},${manifest}]}`)), says);
});

test('A buildx that is too old is named with the version that is needed', async () => {
  assert.match(
    await unfit(DESCRIBED.replace('v0.29.1', 'v0.16.2')),
    /^buildx 0\.16\.2 is older than 0\.17\.0$/,
  );
});

/** Leaves the layout that BuildKit wrote wherever an OCI layout is asked for. */
const EXPORTS = `${DESCRIBED}
for arg; do case $arg in --output=type=oci*dest=*) cp -r '${MARKER}' "\${arg##*dest=}"; exit 0 ;; esac; done`;

test('A builder that cannot pull from this machine’s loopback is named as such', async () => {
  const script = `${EXPORTS}\necho 'ERROR: dial tcp 127.0.0.1:1: connection refused' >&2; exit 1`;
  assert.match(
    await unfit(script),
    /cannot pull from this machine’s loopback: dial tcp .*connection refused$/,
  );
});

/** Writes metadata with provenance of builds on machines of these platforms. */
const builtOn = (...platforms: string[]) => {
  const entries = platforms.map((platform, index) => [
    `buildx.build.provenance/linux/${index}`,
    { invocation: { environment: { platform } } },
  ]);
  const json = JSON.stringify(Object.fromEntries(entries));
  return `${EXPORTS}
for arg; do case $arg in --metadata-file=*) echo '${json}' >"\${arg#*=}" ;; esac; done; exit 0`;
};

test('A builder is of the platform that its provenance names, in its one form', async () => {
  const found = await find(builtOn('linux/arm', 'linux/arm'));
  assert.is('builder' in found ? found.builder.platform : '', 'linux/arm/v7');
});

test('A builder whose nodes are of several platforms is named as such', async () => {
  assert.match(
    await unfit(builtOn('linux/amd64', 'linux/arm64')),
    /nodes of several platforms \(linux\/amd64, linux\/arm64\)/,
  );
});

/** Runs with a builder that buildx keeps as one of these nodes, in a configuration of the test's own. */
const withNodes = async (names: string[], use: () => Promise<void>) => {
  const folder = await mkdtemp(join(tmpdir(), 'platform-marker-config-'));
  const before = process.env['BUILDX_CONFIG'];
  try {
    const nodes = names.map((Name) => ({ Name, Endpoint: `tcp://${Name}`, DriverOpts: { key: '/key' } }));
    await mkdir(join(folder, 'instances'));
    await writeFile(
      join(folder, 'instances/default'),
      JSON.stringify({ Name: 'default', Driver: 'remote', Nodes: nodes, More: 1 }),
    );
    process.env['BUILDX_CONFIG'] = folder;
    await use();
  } finally {
    if (before === undefined) delete process.env['BUILDX_CONFIG'];
    else process.env['BUILDX_CONFIG'] = before;
    await rm(folder, { recursive: true, force: true });
  }
};

test('Each machine of a builder is tried alone, by a copy of the builder that ends with it', () =>
  withNodes(['one', 'two'], async () => {
    const found = await find(`${EXPORTS}\nexit 0`);
    assert.ok('builder' in found);
    const { builder } = found;
    const { nodes = [] } = builder;
    assert.equal(
      nodes.map(({ name, platform, buildPlatform }) => [name, platform, buildPlatform]),
      [
        ['one', 'linux/amd64', 'linux/amd64'],
        ['two', 'linux/amd64', 'linux/amd64'],
      ],
    );
    const files = nodes.map(({ env }) => join(env['BUILDX_CONFIG'] ?? '', 'instances/default'));
    const kept = JSON.parse(await readFile(files[1] ?? '', 'utf8')) as unknown;
    const node = { Name: 'two', Endpoint: 'tcp://two', DriverOpts: { key: '/key' } };
    assert.equal(kept, { Name: 'default', Driver: 'remote', Nodes: [node], More: 1 });
    await builder.stop();
    assert.ok(files.every((file) => !existsSync(file)));
  }));

test('A builder of one machine is not taken apart', () =>
  withNodes(['one'], async () => {
    const found = await find(`${EXPORTS}\nexit 0`);
    assert.ok('builder' in found && found.builder.nodes === undefined);
  }));

test('The machine that is unfit is named, and the way to build on it all the same', () =>
  withNodes(['one', 'two'], async () => {
    const refuses = `case "$BUILDX_CONFIG" in */1) echo 'ERROR: dial tcp: refused' >&2; exit 1 ;; esac`;
    const found = await find(`${EXPORTS}\n${refuses}\nexit 0`);
    assert.ok('unfit' in found);
    assert.match(
      found.unfit,
      /^node "two" of builder "default" \(docker\) cannot pull from this machine’s loopback: dial tcp: refused$/,
    );
    assert.match(found.next ?? '', /--marker-registry host\/repository/);
  }));

test('A builder that can do both is used, as it is, and stays when the run ends', async () => {
  const found = await find(`${EXPORTS}\nexit 0`);
  assert.ok('builder' in found);
  const { kind, name, driver, platform, sealed, versions, enter } = found.builder;
  assert.equal(
    [kind, name, driver, platform, sealed],
    ['given', 'default (docker)', 'docker', 'linux/amd64', false],
  );
  assert.equal(versions, { buildx: '0.29.1', buildkit: 'Docker Engine 28.5.2' });
  assert.equal(enter, []);
});

test('A builder that exports no OCI layout is named with its driver and its own words', async () => {
  const script = `${DESCRIBED}\necho 'ERROR: OCI exporter is not supported for the docker driver' >&2; exit 1`;
  assert.match(
    await unfit(script),
    /builder "default" \(docker\) cannot build several platforms .*OCI exporter is not supported/,
  );
});

test.run();
