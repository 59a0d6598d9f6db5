import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { joinBuilds, type JoinedBuild } from '../../lib/dockerfile/joinBuilds.ts';
import { readDockerfile } from '../../lib/dockerfile/readDockerfile.ts';

const PROBE = readDockerfile('FROM scratch AS worker\nFROM scratch\nARG P=/none\nCOPY --from=worker /m $P /');

function build(prefix: string, text: string, more: Partial<JoinedBuild> = {}): JoinedBuild {
  const probe = { dockerfile: PROBE, args: {} };
  return { prefix, dockerfile: readDockerfile(text), args: {}, contexts: {}, target: '', probe, ...more };
}

test('Each build’s probe is in a folder of its own', () => {
  const probe = { dockerfile: PROBE, args: { P: '/x' } };
  const { text } = joinBuilds([build('a', 'FROM one'), build('b', 'FROM two', { probe })]);
  assert.is(
    text,
    [
      'FROM one AS a.stage-0\n',
      'FROM scratch AS a.probe.stage-1\nARG P=/none\nCOPY --from=a.stage-0 /m $P /\n',
      'FROM two AS b.stage-0\n',
      'FROM scratch AS b.probe.stage-1\nARG P="/x"\nCOPY --from=b.stage-0 /m $P /\n',
      'FROM scratch\nCOPY --from=a.probe.stage-1 / /a/\nCOPY --from=b.probe.stage-1 / /b/\n',
    ].join('\n'),
  );
});

test('The frontend that they ask for is asked for', () => {
  assert.match(joinBuilds([build('a', '# syntax=x/y:1\nFROM one')]).text, /^# syntax=x\/y:1\n/);
});

test('A context of one is none of another', () => {
  const contexts = { debian: 'oci-layout:///a@1' };
  const joined = joinBuilds([build('a', 'FROM debian', { contexts }), build('b', 'FROM debian')]);
  assert.equal(joined.contexts, { 'a.context.0': 'oci-layout:///a@1' });
  assert.match(joined.text, /FROM a\.context\.0 AS a\.stage-0[^]*FROM debian AS b\.stage-0/);
});

test('An image that is called as another build’s stage is not built beside it', () => {
  assert.throws(
    () => joinBuilds([build('a', 'FROM one'), build('b', 'FROM A.stage-0')]),
    /the image A\.stage-0 is called as a stage of another build/,
  );
});

test.run();
