import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeVariables, spellCommand, spellName, spellOption } from '../../lib/fault/spelling.ts';
import { withEnv } from '../withEnv.ts';

const spell = () => [
  spellCommand('verify', { DISTRO: 'a,b', WORKER_PATH: 'base-context', ALLOW_EMULATOR: true }),
  spellCommand('engine', { STOP: true }),
  spellOption('OUT', '<folder>'),
  spellName('REQUIRE_REAL_BASES'),
];

test('under the Makefile a person is told targets and variables', () => {
  assert.equal(withEnv({ PLATFORM_MARKER_MAKE: '' }, spell), [
    'make verify DISTRO=a,b WORKER_PATH=base-context ALLOW_EMULATOR=1',
    'make engine-stop',
    'OUT=<folder>',
    'REQUIRE_REAL_BASES',
  ]);
});

test('elsewhere they are told the program, its verbs and options', () => {
  assert.equal(withEnv({ PLATFORM_MARKER_MAKE: undefined }, spell), [
    'npx platform-marker verify --distro a,b --worker-path base-context --allow-emulator',
    'npx platform-marker engine --stop',
    '--out <folder>',
    '--require-real-bases',
  ]);
});

test('the names of the variables on make’s command line are those that the Makefile gives', () => {
  assert.equal(makeVariables({ PLATFORM_MARKER_MAKE: 'DISTRO OUT' }), ['DISTRO', 'OUT']);
  assert.equal(makeVariables({ PLATFORM_MARKER_MAKE: '' }), []);
  assert.is(makeVariables({}), undefined);
});

test.run();
