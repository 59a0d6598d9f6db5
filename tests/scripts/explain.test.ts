import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runVerb, withFolder } from '../e2e/verbs.ts';
import { BAD_POLICIES, HEAVY_POLICIES } from './badPolicies.ts';
import { writeMatrix, writePolicies } from './project.ts';

const STACK_TRACE = /^ {4}at |defect of platform-marker/m;
const MINE = '{"rules": [\n{"action": "DENY", "selector": {"identifier": "docker-image://*:bookworm"}}\n]}';

test('Policies that BuildKit refuses are all named with line and column, behind what the others do', async () => {
  await withFolder(async (folder) => {
    await writeMatrix(folder, { debian: 'debian:12' });
    const bad = Object.entries(BAD_POLICIES).map(([name, { content }]) => [name, content] as const);
    await writePolicies(folder, { ...Object.fromEntries(bad), ...HEAVY_POLICIES });

    const { status, stdout, stderr } = await runVerb('explain', { REF: 'app-9999:1' }, folder);
    assert.is(status, 2);
    assert.not.match(stderr, STACK_TRACE);
    for (const [name, { at, says }] of Object.entries(BAD_POLICIES)) {
      const line = stderr.split('\n').find((each) => each.includes(`policies/${name}.json:${at}: `));
      assert.match(line ?? '', says, name);
    }
    assert.match(stdout, /^ {4}policies\/many-rules\.json:\d+ rule 10000: CONVERT .*\n {6}matches: /m);
    assert.match(stdout, 'BuildKit fetches docker-image://mirror.example/app-9999:1@sha256:…');
    // Of those that do nothing with it there is a line for all, and a trace for who names one.
    assert.match(
      stdout,
      /^docker-image:\/\/docker\.io\/library\/app-9999:1: \d of the \d policies have no rule for it; /,
    );
    assert.not.match(stdout, 'policies/backtracking.json');
    for (const [name, says] of [
      ['backtracking', /policies\/backtracking\.json:\d+ rule 4: DENY REGEX/],
      ['megabyte', /policies\/megabyte\.json:/],
    ] as const) {
      const alone = await runVerb('explain', { REF: 'app-9999:1', POLICY: `policies/${name}.json` }, folder);
      assert.is(alone.status, 0, alone.stderr);
      assert.match(alone.stdout, says);
    }
  });
});

test('A source is explained by a distro’s policy, or by a file, and what is not there is named', async () => {
  await withFolder(async (folder) => {
    await writeMatrix(folder, { debian: 'debian:12', alma: 'almalinux:9' });
    await writePolicies(folder, { debian: MINE });
    const explain = (variables: Record<string, string>) =>
      runVerb('explain', { REF: 'debian:bookworm', ...variables }, folder);

    const [byDistro, byFile] = await Promise.all([
      explain({ DISTRO: 'debian', PLATFORM: 'linux/arm64', POLICY: '' }),
      explain({ POLICY: 'policies/debian.json' }),
    ]);
    assert.equal([byDistro.status, byFile.status], [0, 0], byDistro.stderr + byFile.stderr);
    assert.match(byDistro.stdout, 'debian:bookworm is docker-image://docker.io/library/debian:bookworm\n');
    assert.match(byDistro.stdout, 'BuildKit refuses docker-image://docker.io/library/debian:bookworm');
    assert.match(byDistro.stdout, 'holds for linux/arm64 as for any');
    assert.match(byFile.stdout, 'Decided by policies/debian.json:2, rule 1');

    const refused = await Promise.all([
      explain({ DISTRO: 'debain' }),
      explain({ DISTRO: 'alma' }),
      explain({ POLICY: 'policies/debain.json' }),
      explain({ POLICY: '/dev/zero' }),
      explain({ PLATFORM: 'linux/amr64' }),
    ]);
    for (const [at, said] of [
      'there is no distro "debain" (did you mean "debian"?)\n  there are: debian, alma',
      'policies/alma.json: there is no such file\n',
      'policies/debain.json: there is no such file (did you mean "debian.json"?)\n',
      'dev/zero: this is no file\n',
      '"linux/amr64" is not a platform: unknown architecture "amr64" (did you mean "amd64"?)\n',
    ].entries()) {
      assert.equal([refused[at]?.status, refused[at]?.stdout], [2, ''], said);
      assert.match(refused[at]?.stderr ?? '', said);
      assert.not.match(refused[at]?.stderr ?? '', STACK_TRACE);
    }
  });
});

test.run();
