import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCheckOptions } from '../../lib/cli/checkLayoutOptions.ts';
import { Fault } from '../../lib/fault/fault.ts';

function refusal(options: Record<string, unknown>): string {
  try {
    readCheckOptions(options);
  } catch (error) {
    if (error instanceof Fault && error.exitStatus === 2) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

test('without a layout the outputs of a run are judged, by default those in out', () => {
  assert.equal(readCheckOptions({}), { out: 'out' });
  assert.equal(readCheckOptions({ out: 'other', layout: '' }), { out: 'other' });
});

test('a layout is asked for its own platforms and nothing more', () => {
  assert.equal(readCheckOptions({ layout: 'dir', out: '', platform: '', deep: '0', json: '' }), {
    layout: 'dir',
    platforms: undefined,
    ref: undefined,
    deep: false,
    json: false,
  });
});

test('platforms are normalized, each taken once', () => {
  const platform = 'linux/x86_64, linux/arm64/v8 linux/amd64';
  const request = readCheckOptions({ layout: 'dir', platform, ref: 'one', deep: '1', json: true });
  assert.equal(request, {
    layout: 'dir',
    platforms: ['linux/amd64', 'linux/arm64'],
    ref: 'one',
    deep: true,
    json: true,
  });
});

test('OUT and LAYOUT are refused together, by name', () => {
  assert.match(refusal({ out: 'out', layout: 'dir' }), /^--out and --layout do not go together/);
});

test('what goes with a layout alone is refused without, each by name', () => {
  const given = { platform: 'linux/amd64', ref: 'one', deep: '1', json: true };
  const lines = refusal({ ...given, out: 'out' }).split('\n');
  assert.equal(
    lines.filter((line) => !line.startsWith(' ')),
    ['--platform', '--ref', '--deep', '--json'].map(
      (name) => `${name} goes with --layout alone, which is not given`,
    ),
  );
});

test('every platform that is none is named, and so is a list that holds none', () => {
  const message = refusal({ layout: 'dir', platform: 'linux/amd46,arm64,linux/amd64' });
  assert.match(
    message,
    '"linux/amd46" is not a platform: unknown architecture "amd46" (did you mean "amd64"?)',
  );
  assert.match(message, '"arm64" is not a platform');
  assert.match(refusal({ layout: 'dir', platform: ' , ' }), 'names no platform');
});

test.run();
