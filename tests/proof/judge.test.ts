import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judge, type CellEvidence } from '../../lib/proof/judge.ts';
import type { Verdict } from '../../lib/proof/verdict.ts';

const SEALS = { 'linux/amd64': 'a'.repeat(64), 'linux/arm64': 'b'.repeat(64) };
const native = { args: ['true'], command: 'true', platform: 'linux/amd64', foreign: false };
const foreign = { args: ['make'], command: 'make install', platform: 'linux/arm64', foreign: true };

/** Evidence of a cell of linux/arm64 that nothing speaks against. */
const GOOD: CellEvidence = {
  platform: 'linux/arm64',
  build: { ok: true },
  probe: { marker: 'linux/arm64', seal: SEALS['linux/arm64'] },
  seals: SEALS,
  markerIsMaterial: true,
  execOps: [native],
  root: {
    parts: [
      {
        name: 'marker',
        digest: 'm',
        platform: 'linux/arm64',
        path: '/',
        place: 'root',
        whole: true,
        ran: false,
      },
    ],
  },
  images: { marker: 'm', base: 'b' },
  programs: [{ path: '/usr/bin/hello', expected: 'arm64', found: 'arm64', of: 'subject' }],
  emulator: undefined,
};
const failed = (log: string, timedOut = false): Partial<CellEvidence> => ({
  build: { ok: false, log, timedOut },
});

const EXEC_FORMAT = `#8 [linux/arm64 2/2] RUN hello
#8 0.2 exec /bin/sh: exec format error
ERROR: failed to solve: process "/bin/sh -c hello" did not complete successfully: exit code: 255`;

const COMMAND_FAILED = `#9 0.412 No match for argument: hello
#9 ERROR: process "/bin/sh -c sh /install/dnf.sh /rootfs" did not complete successfully: exit code: 1
------
 > [linux/arm64 install-dnf 1/1] RUN sh /install/dnf.sh /rootfs:
0.301 Last metadata expiration check: 0:00:01 ago
0.412 Error: Unable to find a match: hello

------
ERROR: target worker: failed to solve: process "/bin/sh -c sh /install/dnf.sh /rootfs" did not complete successfully: exit code: 1
`;

const CASES: [title: string, change: Partial<CellEvidence>, verdict: Verdict, detail: RegExp][] = [
  ['Nothing speaks against it', {}, 'pass', /^$/],
  [
    'A build that failed quotes its last error',
    failed('#1 x\nERROR: no such image\n'),
    'build-failed',
    /^no such image$/,
  ],
  [
    'A command that failed is quoted with the last that it printed',
    failed(COMMAND_FAILED),
    'build-failed',
    /^"sh \/install\/dnf.sh \/rootfs" failed: Error: Unable to find a match: hello$/,
  ],
  [
    'Quotes in a command are escaped once',
    failed(COMMAND_FAILED.replaceAll('/rootfs" did', '\\"/rootfs\\"" did')),
    'build-failed',
    /^"sh \/install\/dnf.sh \\"\/rootfs\\"" failed: Error/,
  ],
  ['A build that said nothing is said to', failed(''), 'build-failed', /without a word/],
  ['A build that was ended says why', failed('ERROR: canceled', true), 'build-failed', /time limit/],
  [
    'An exec format error names the command and the line',
    failed(EXEC_FORMAT),
    'needs-emulation',
    /"hello" needs an emulator: .*exec format error/,
  ],
  [
    'A probe that is not sound is no proof',
    { probe: { problem: 'digest mismatch' } },
    'build-failed',
    /not sound: digest mismatch/,
  ],
  ['No marker, though the image was a source', { probe: {} }, 'marker-missing', /holds no/],
  [
    'No marker, and the image was no source',
    { probe: {}, markerIsMaterial: false },
    'marker-not-used',
    /no source/,
  ],
  [
    'Another platform’s marker',
    { probe: { marker: 'linux/amd64', seal: SEALS['linux/amd64'] } },
    'wrong-platform',
    /says "linux\/amd64"/,
  ],
  [
    'A newline behind the marker',
    { probe: { marker: 'linux/arm64\n', seal: SEALS['linux/arm64'] } },
    'wrong-platform',
    /\\n/,
  ],
  [
    'The right marker beside another platform’s seal',
    { probe: { marker: 'linux/arm64', seal: SEALS['linux/amd64'] } },
    'wrong-platform',
    /seal beside it is of linux\/amd64/,
  ],
  ['The right marker without a seal', { probe: { marker: 'linux/arm64' } }, 'marker-not-used', /no seal/],
  [
    'The right marker with a made-up seal',
    { probe: { marker: 'linux/arm64', seal: 'c'.repeat(64) } },
    'marker-not-used',
    /not this marker image/,
  ],
  [
    'The right marker with an empty seal, where none is known',
    { probe: { marker: 'linux/arm64', seal: '' }, seals: {} },
    'marker-not-used',
    /seal/,
  ],
  ['The provenance does not list the image', { markerIsMaterial: false }, 'marker-not-used', /does not list/],
  [
    'No provenance, with the reason',
    { markerIsMaterial: undefined, execOps: undefined, root: undefined, noProvenance: 'm.json: not JSON' },
    'unproven',
    /no provenance.*m\.json: not JSON/,
  ],
  [
    'The marker beside another root',
    { root: { parts: [] } },
    'marker-not-used',
    /nothing of the marker image/,
  ],
  [
    'A foreign exec op is named',
    { execOps: [native, foreign, foreign] },
    'needs-emulation',
    /linux\/arm64: "make install" \(and 1 more\)/,
  ],
  [
    'A program of another architecture',
    {
      programs: [
        { path: '/usr/bin/env', expected: 'arm64', found: 'arm64', of: 'subject' },
        { path: '/usr/bin/hello', expected: 'arm64', found: 'amd64', of: 'subject' },
      ],
    },
    'wrong-platform',
    /hello is amd64, expected arm64/,
  ],
  ['A machine that no canary ran on', { builtOn: 'linux/arm64' }, 'unproven', /a machine of linux\/arm64/],
  ['An emulator answers', { emulator: 'binfmt_misc has a handler' }, 'unproven', /binfmt_misc/],
  [
    'A forged marker beats an emulator',
    { probe: { marker: 'linux/arm64' }, emulator: 'x' },
    'marker-not-used',
    /seal/,
  ],
];

for (const [title, change, verdict, detail] of CASES) {
  test(`${title}: ${verdict}`, () => {
    const judged = judge({ ...GOOD, ...change });
    assert.is(judged.verdict, verdict);
    assert.match(judged.detail, detail);
  });
}

test('What a marker holds is shown whole only if it is short, and never as it is', () => {
  const { detail } = judge({ ...GOOD, probe: { marker: `\u001b[31m${'x'.repeat(10_000)}` } });
  assert.ok(detail.length < 300);
  assert.not(detail.includes('\u001b'));
});

test.run();
