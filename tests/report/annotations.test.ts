import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { annotations, quiet } from '../../lib/report/annotations.ts';
import { HOSTILE, report, reportCell } from './report.ts';

const placeOf = () => ({ file: 'distros.yaml', line: 7 });
const short = (at: number) => reportCell({ distro: `d${at}`, verdict: 'unproven', detail: 'x' });

test('A cell is annotated at the rule of its policy, another at its row', () => {
  const plain = short(0);
  delete plain.policy;
  assert.equal(annotations(report([short(0), plain]), placeOf), [
    '::error file=policies/azlinux3.json,line=4,title=unproven%3A d0 source-policy linux/arm64::x',
    '::error file=distros.yaml,line=7,title=unproven%3A d0 source-policy linux/arm64::x',
  ]);
});

test('A detail stays one command, whatever is in it', () => {
  const [line = '', ...more] = annotations(
    report([reportCell({ verdict: 'build-failed', detail: HOSTILE, distro: 'a,b:c%' })]),
    placeOf,
  );
  assert.equal(more, []);
  assert.not(/[\r\n]/.test(line));
  assert.match(line, /title=build-failed%3A a%2Cb%3Ac%25 /);
  assert.match(line, /%250A,:$/);
});

test('There are ten at most, the last of which counts the rest', () => {
  const ten = Array.from({ length: 10 }, (_, at) => short(at));
  assert.is(annotations(report(ten), placeOf).length, 10);
  const lines = annotations(report([...ten, short(10), short(11)]), placeOf);
  assert.is(lines.length, 10);
  assert.is(lines.at(-1), '::error title=platform-marker::and 3 more, see report.html');
});

test('A verified run has none', () => {
  assert.equal(annotations(report([reportCell()]), placeOf), []);
});

test('No line of a text that is printed can be a command', () => {
  for (const line of quiet(`a\n::stop-commands::x\r\n  ::error::b\n${HOSTILE}`).split('\n').slice(1)) {
    assert.match(line, /^ {2}\| /);
    assert.not(line.includes('##['));
  }
});

test.run();
