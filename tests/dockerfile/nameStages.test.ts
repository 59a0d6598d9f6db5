import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nameStages, type StageBuild } from '../../lib/dockerfile/nameStages.ts';
import { readDockerfile } from '../../lib/dockerfile/readDockerfile.ts';

const MARKER = 'oci-layout:///marker@sha256:1';

function named(text: string, build: Partial<StageBuild> = {}) {
  return nameStages(readDockerfile(text), { prefix: 'p', args: {}, contexts: {}, target: '', ...build });
}

interface Case {
  title: string;
  text: string;
  build?: Partial<StageBuild>;
  written: string;
}

const CASES: Case[] = [
  { title: 'A stage without a name gets one', text: 'FROM scratch', written: 'FROM scratch AS p.stage-0\n' },
  {
    title: 'An earlier stage is named by FROM, COPY and mounts as it is called now, whatever its case',
    text: 'FROM a AS One\nFROM ONE AS two\nCOPY --from=one /x /\nRUN --mount=from=One,target=/m true',
    written:
      'FROM a AS p.one\n\nFROM p.one AS p.two\nCOPY --from=p.one /x /\nRUN --mount=from=p.one,target=/m true\n',
  },
  {
    title: 'A stage that is named by its number is named',
    text: 'FROM a\nFROM b AS last\nCOPY --from=0 /x /',
    written: 'FROM a AS p.stage-0\n\nFROM b AS p.last\nCOPY --from=p.stage-0 /x /\n',
  },
  {
    title: 'A stage without a name cannot be named by what stands for it here',
    text: 'FROM a\nFROM stage-0\nCOPY --from=stage-0 /x /',
    build: { contexts: { 'stage-0': MARKER } },
    written: 'FROM p.context.0 AS p.stage-1\nCOPY --from=p.context.0 /x /\n',
  },
  {
    title: 'What the target does not need is left out',
    text: 'FROM a AS unused\nFROM b AS wanted\nFROM c AS later',
    build: { target: 'Wanted' },
    written: 'FROM b AS p.wanted\n',
  },
  {
    title: 'Build arguments go before defaults, in stages and before them',
    text: 'ARG BASE=x\nARG TAG=1\nFROM ${BASE}:$TAG\nARG BASE\nARG TAG=own\nARG NONE\nARG GIVEN=default',
    build: { args: { BASE: 'debian', GIVEN: 'a "b" $c \\' } },
    written:
      'FROM debian:1 AS p.stage-0\nARG BASE="debian"\nARG TAG=own\nARG NONE\nARG GIVEN="a \\"b\\" \\$c \\\\"\n',
  },
  {
    title: 'A stage is found by a name that is put together',
    text: 'ARG INSTALL=none\nFROM a AS worker-apt\nFROM b AS worker-none\nFROM worker-${INSTALL} AS worker',
    build: { args: { INSTALL: 'apt' } },
    written: 'FROM a AS p.worker-apt\n\nFROM p.worker-apt AS p.worker\n',
  },
  {
    title: 'A platform that the frontend sets stays',
    text: 'FROM --platform=$BUILDPLATFORM a AS b\nRUN echo $TARGETARCH',
    written: 'FROM --platform=$BUILDPLATFORM a AS p.b\nRUN echo $TARGETARCH\n',
  },
  {
    title:
      'A context called as a stage takes its place, with its platform, and what only the stage needs is left out',
    text: 'FROM a AS tools\nFROM --platform=linux/arm64 b AS worker\nCOPY --from=tools / /\nFROM worker',
    build: { contexts: { worker: MARKER } },
    written: 'FROM --platform=linux/arm64 scratch AS p.worker\n\nFROM p.worker AS p.stage-2\n',
  },
  {
    title: 'A context called as an image takes its place under a name of its own',
    text: 'FROM docker.io/library/debian:bookworm AS a\nFROM debian:bookworm\nCOPY --from=debian:bookworm / /',
    build: { contexts: { 'debian:bookworm': MARKER, 'docker.io/library/debian:bookworm': MARKER } },
    written: 'FROM p.context.0 AS p.stage-1\nCOPY --from=p.context.0 / /\n',
  },
  {
    title: 'A stage can be another build’s',
    text: 'FROM scratch AS worker\nFROM scratch\nCOPY --from=worker /a /',
    build: { instead: { worker: 'other.worker' } },
    written: 'FROM scratch AS p.stage-1\nCOPY --from=other.worker /a /\n',
  },
];
for (const { title, text, build, written } of CASES) {
  test(title, () => {
    assert.is(named(text, build).text, written);
  });
}

test('Contexts and images are told', () => {
  const text = 'FROM debian AS a\nFROM a\nCOPY --from=busybox / /\nCOPY --from=kit / /';
  const { contexts, images, result } = named(text, { contexts: { kit: '/kit', unused: '/unused' } });
  assert.equal(contexts, { 'p.context.0': '/kit' });
  assert.equal(images, ['debian', 'busybox']);
  assert.is(result, 'p.stage-1');
});

const REFUSED: [title: string, text: string, build: Partial<StageBuild>, why: RegExp][] = [
  ['a target that is not there', 'FROM a', { target: 'b' }, /no stage called b/],
  ['a base that depends on the platform', 'FROM a-$TARGETARCH', {}, /depends on the platform/],
  ['a base that is nothing', 'ARG A\nFROM $A', {}, /or on nothing/],
  ['two stages of one name', 'FROM a AS x\nFROM b AS X', {}, /one name/],
  ['a number that is no stage’s', 'FROM a\nCOPY --from=7 / /', {}, /7 is no earlier stage/],
  ['a stage of its own number', 'FROM a\nCOPY --from=0 / /', {}, /0 is no earlier stage/],
  [
    'a COPY from a later stage',
    'FROM a AS w\nCOPY --from=Late / /\nFROM b AS late',
    { target: 'w' },
    /Late is a stage that comes later/,
  ],
  [
    'a platform that an argument presets',
    'FROM --platform=linux/$TARGETARCH a',
    { args: { TARGETARCH: 'amd64' } },
    /TARGETARCH is given/,
  ],
  ['a preset name of the target', 'FROM a', { args: { TARGETSTAGE: 'x' } }, /TARGETSTAGE is given/],
  ['the name of the target in a stage', 'FROM a\nARG TARGETSTAGE', {}, /name of the target/],
  ['the name of the target in a FROM', 'FROM a-$TARGETSTAGE', {}, /depends on the target/],
  ['the name of the target for all stages', 'ARG TARGETSTAGE=x\nFROM a', {}, /TARGETSTAGE/],
  [
    'a target by a name that is nowhere written',
    'FROM a\nFROM b',
    { target: 'stage-0' },
    /no stage called stage-0/,
  ],
  ['a stage by a variable', 'FROM a\nRUN --mount=from=$X,target=/m true', {}, /plain name/],
  ['the frontend’s own arguments', 'FROM a', { args: { BUILDKIT_SYNTAX: 'x' } }, /BUILDKIT_SYNTAX/],
  ['proxies', 'FROM a', { args: { https_proxy: 'x' } }, /https_proxy/],
  ['a value of several lines', 'FROM a\nARG X', { args: { X: 'a\nb' } }, /several lines/],
  ['a platform argument for all stages', 'ARG TARGETARCH=x\nFROM a', {}, /TARGETARCH/],
  ['a name that contexts have', 'FROM a AS context.0', {}, /as a context/],
];
for (const [title, text, build, why] of REFUSED) {
  test(`Not named anew: ${title}`, () => {
    assert.throws(
      () => named(text, build),
      (error: Error) => error instanceof RangeError && why.test(error.message),
    );
  });
}

test.run();
