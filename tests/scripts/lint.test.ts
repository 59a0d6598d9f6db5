import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runVerb, withFolder } from '../e2e/verbs.ts';
import { BAD_POLICIES, HEAVY_POLICIES } from './badPolicies.ts';
import { writeMatrix, writePolicies } from './project.ts';

const STACK_TRACE = /^ {4}at |defect of platform-marker/m;

interface Findings {
  errors: number;
  findings: { rule: string; file: string; line: number; column: number; message: string }[];
}

test('Every policy that BuildKit refuses is named with line and column, and heavy ones are gone through', async () => {
  await withFolder(async (folder) => {
    await writeMatrix(folder, { debian: 'debian:12' });
    const twice =
      '{"rules": [{"action": "ALLOW", "action": "DENY", "selector": {"identifier": "http://*"}}]}';
    const bad = Object.entries(BAD_POLICIES).map(([name, { content }]) => [name, content] as const);
    await writePolicies(folder, { ...Object.fromEntries(bad), ...HEAVY_POLICIES, twice });

    const { status, stdout, stderr } = await runVerb('lint', { FORMAT: 'json' }, folder);
    assert.is(status, 1);
    assert.not.match(stderr, STACK_TRACE);
    const { findings } = JSON.parse(stdout) as Findings;
    const of = (name: string) => findings.filter(({ file }) => file === `policies/${name}.json`);
    for (const [name, { at, says }] of Object.entries(BAD_POLICIES)) {
      const [first] = of(name);
      assert.is(`${first?.line ?? 0}:${first?.column ?? 0}`, at, name);
      assert.match(first?.message ?? '', says, name);
    }
    for (const name of Object.keys(HEAVY_POLICIES)) {
      assert.equal(
        of(name).filter(({ rule }) => rule.startsWith('json-')),
        [],
        name,
      );
      assert.ok(
        of(name).some(({ rule }) => rule === 'policy-without-distro'),
        name,
      );
    }
    assert.equal([of('twice')[0]?.rule, of('twice')[0]?.column], ['duplicate-key', 32]);
    assert.is(of('debian')[0]?.rule, 'distro-without-policy');
  });
});

test('Each format says the same of a policy, and FIX=1 mends what is mechanical and leaves the rest as it stands', async () => {
  await withFolder(async (folder) => {
    const text =
      '{ "rules": [\r\n\t{"Action": "DENY",   "selector": {"matchType": "EXACT", "identifier": "http://a.example/f"}},\r\n' +
      '\t{"action": "DENY"}\r\n] }\r\n';
    await writePolicies(folder, { mine: text });
    const lint = (variables: Record<string, string>) =>
      runVerb('lint', { POLICY: 'policies/mine.json', ...variables }, folder);

    const formats = await Promise.all(['text', 'github', 'sarif'].map((FORMAT) => lint({ FORMAT })));
    assert.equal(
      formats.map(({ status }) => status),
      [1, 1, 1],
    );
    const [asText = '', asGithub = '', asSarif = ''] = formats.map(({ stdout }) => stdout);
    assert.match(asText, /^policies\/mine\.json:2:36: error: .* \(did you mean "match_type"\?\)\n {2}2 \| /m);
    assert.match(asText, '\n2 errors, 1 warning; FIX=1 mends 2\n');
    assert.match(
      asGithub,
      /^::error file=policies\/mine\.json,line=2,endLine=2,col=36,.*,title=unknown-key::/m,
    );
    const sarif = JSON.parse(asSarif) as { runs: { results: { ruleId: string }[] }[] };
    assert.equal(
      sarif.runs[0]?.results.map(({ ruleId }) => ruleId),
      ['key-case', 'unknown-key', 'missing-selector'],
    );

    const fixed = await lint({ FIX: '1' });
    assert.is(fixed.status, 1);
    assert.match(fixed.stderr, 'policies/mine.json: 2 mended');
    assert.match(fixed.stdout, '[missing-selector]');
    assert.is(
      await readFile(join(folder, 'policies/mine.json'), 'utf8'),
      text.replace('Action', 'action').replace('matchType', 'match_type'),
    );
  });
});

test.run();
