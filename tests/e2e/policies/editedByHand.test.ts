import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Builder } from '../../../lib/engine/builder.ts';
import { keepOwnEngine } from '../../../lib/engine/ownBuilder.ts';
import { MARKER_REGISTRY, markerRef } from '../../../lib/policy/generatePolicy.ts';
import { PATHS } from '../../../lib/proof/verdict.ts';
import { startRegistryProcess } from '../../../lib/registry/registryProcess.ts';
import { baseOf, writeProject } from '../project.ts';
import { cellsOf, readReport, runVerb, type Variables } from '../verbs.ts';
import { allow, convert, deny } from './policyCase.ts';

const PLATFORMS = ['linux/amd64', 'linux/arm64'];
const LAYOUT = fileURLToPath(new URL('../../fixtures/buildkit/marker', import.meta.url));

const base = (distro: string) => `docker-image://${baseOf(distro)}`;
const marker = (distro: string) => `docker-image://${markerRef(distro)}`;

/** Policies as people may write them, by distro. */
const EDITED: Readonly<Record<string, string>> = {
  // Another way to say what the generated one says, in another layout.
  reworded: JSON.stringify(
    {
      note: 'BuildKit drops what it does not know',
      rules: [
        deny('docker-image://*'),
        allow('docker-image://127.0.0.1:*'),
        convert('^docker-image://registry\\.invalid/test/([a-z]+):1(?:@.*)?$', marker('${1}'), {
          match_type: 'REGEX',
        }),
      ],
    },
    null,
    '\t',
  ),
  // Takes every distro's base, and refuses the marker images of all others.
  greedy: JSON.stringify({
    rules: [
      deny('docker-image://*/marker/*'),
      allow(`${marker('greedy')}*`),
      convert('docker-image://registry.invalid/test/*', marker('greedy')),
    ],
  }),
  // Sends the base to another distro's marker image.
  astray: JSON.stringify({ rules: [convert(`${base('astray')}*`, marker('reworded'))] }),
  closed: JSON.stringify({ rules: [deny('docker-image://registry.invalid/*')] }),
  // Names a registry that there is not, which is not the address that policies have by default.
  elsewhere: JSON.stringify({
    rules: [convert(`${base('elsewhere')}*`, 'docker-image://127.0.0.1:1/marker/elsewhere:latest')],
  }),
};
const DISTROS = Object.keys(EDITED);

let project = '';
let builder: Builder;
const cleanUp: (() => Promise<void>)[] = [];

test.before(async () => {
  project = await mkdtemp(join(tmpdir(), 'pm-e2e-'));
  cleanUp.push(() => rm(project, { recursive: true, force: true, maxRetries: 5 }));
  builder = await keepOwnEngine({ say: () => undefined });
  cleanUp.push(() => builder.stop());
  await writeProject(project, DISTROS);
  for (const [distro, text] of Object.entries(EDITED)) await writeFile(policyOf(distro), text);
});

test.after(async () => {
  for (const end of cleanUp.reverse()) await end();
});

function policyOf(distro: string): string {
  return join(project, 'policies', `${distro}.json`);
}

async function verify(variables: Variables) {
  const { status, stdout, stderr } = await runVerb('verify', { BUILDER: 'own', ...variables }, project);
  assert.ok(status === 0 || status === 1, stderr);
  return { status, stdout, report: await readReport(join(project, 'out')) };
}

test('A policy as it stands on disk decides about its own distro’s source-policy cells, and about nothing else', async () => {
  const { status, stdout, report } = await verify({ DISTRO: 'reworded,greedy,astray,closed' });
  assert.is(status, 1, stdout);
  const verdicts: Record<string, string> = { astray: 'marker-not-used', closed: 'build-failed' };
  const expected = ['reworded', 'greedy', 'astray', 'closed'].flatMap((distro) =>
    PATHS.flatMap((path) =>
      PLATFORMS.map((platform) => {
        const verdict = path === 'source-policy' ? (verdicts[distro] ?? 'pass') : 'pass';
        return `${distro} ${path} ${platform} ${verdict}`;
      }),
    ),
  );
  assert.equal(cellsOf(report), expected);
  for (const { detail, log = '' } of report.cells.filter(({ verdict }) => verdict === 'build-failed')) {
    assert.match(detail + log, `source "${base('closed')}" denied by policy`);
  }
  assert.is(report.totals.controlsCaught, report.totals.controls);
});

test('BuildKit read the files themselves: none was written, and only the control of swapped markers has a copy', async () => {
  for (const [distro, text] of Object.entries(EDITED)) {
    assert.is(await readFile(policyOf(distro), 'utf8'), text);
  }
  assert.equal(await readdir(join(project, 'out/run/policies')), ['swapped-markers-reworded.json']);
  const { notes } = await readReport(join(project, 'out'));
  assert.equal(
    notes.filter((note) => note.includes('policies')),
    ['`make lint` finds errors in the policies (3): they are verified as they stand'],
  );
});

test('A policy that is mended by hand is the one of the next run', async () => {
  const mended = JSON.stringify({ rules: [convert(`${base('astray')}*`, marker('astray'))] });
  await writeFile(policyOf('astray'), mended);
  const { status, stdout, report } = await verify({ DISTRO: 'astray', WORKER_PATH: 'source-policy' });
  assert.is(status, 0, stdout);
  assert.equal(
    cellsOf(report),
    PLATFORMS.map((platform) => `astray source-policy ${platform} pass`),
  );
});

test('Where the port is taken, the registry’s address is all that is put into a policy, and the report says so', async () => {
  const port = Number(MARKER_REGISTRY.split(':')[1]);
  const other = await startRegistryProcess({
    repositories: { other: LAYOUT },
    port,
    wrap: builder.enter,
    onProblem: () => undefined,
  });
  try {
    const { report } = await verify({ DISTRO: 'reworded,elsewhere', WORKER_PATH: 'source-policy' });
    const note = report.notes.find((line) => line.includes('copied')) ?? '';
    const said =
      /^port 5480 is in use: the markers are served at (127\.0\.0\.1:\d+), and policies are copied with that address$/;
    assert.match(note, said);
    const address = said.exec(note)?.[1] ?? '';
    for (const distro of ['reworded', 'elsewhere']) {
      const text = EDITED[distro] ?? '';
      const copy = await readFile(join(project, `out/run/policies/${distro}.json`), 'utf8');
      assert.is(copy, text.replaceAll(MARKER_REGISTRY, address));
      assert.is(await readFile(policyOf(distro), 'utf8'), text);
    }
    assert.equal(
      cellsOf(report),
      ['reworded', 'elsewhere'].flatMap((distro) =>
        PLATFORMS.map(
          (platform) =>
            `${distro} source-policy ${platform} ${distro === 'reworded' ? 'pass' : 'build-failed'}`,
        ),
      ),
    );
    for (const { distro, detail, log = '' } of report.cells) {
      if (distro === 'elsewhere') assert.match(detail + log, '127.0.0.1:1/');
    }
  } finally {
    await other.close();
  }
});

test.run();
