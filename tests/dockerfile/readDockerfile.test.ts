import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readDockerfile } from '../../lib/dockerfile/readDockerfile.ts';

test('What stands before the first FROM, and the stages with their platforms and names', () => {
  const { syntax, globals, stages } = readDockerfile(
    [
      '# syntax=docker/dockerfile:1',
      'ARG BASE=scratch',
      'ARG A="a b" B',
      'FROM --platform=$BUILDPLATFORM ${BASE} AS Tools',
      'FROM tools',
      'RUN true',
    ].join('\n'),
  );
  assert.is(syntax, 'docker/dockerfile:1');
  assert.equal(globals, [
    { name: 'BASE', value: 'scratch', text: 'BASE=scratch' },
    { name: 'A', value: 'a b', text: 'A="a b"' },
    { name: 'B', value: undefined, text: 'B' },
  ]);
  assert.equal(
    stages.map(({ platform, image, name }) => [platform, image, name]),
    [
      ['$BUILDPLATFORM', '${BASE}', 'Tools'],
      [undefined, 'tools', undefined],
    ],
  );
});

test('Every name that an ARG declares', () => {
  const [stage] = readDockerfile('FROM scratch\nARG BASE TARGETPLATFORM \\\n  PACKAGE=hello\n').stages;
  assert.equal(
    stage?.instructions[0]?.args.map(({ text }) => text),
    ['BASE', 'TARGETPLATFORM', 'PACKAGE=hello'],
  );
});

const FROMS: [text: string, names: string[]][] = [
  ['COPY --from=tools /a /b', ['tools']],
  ['COPY --chmod=0644 --from=0 --link /a /b', ['0']],
  ['ADD /a /b', []],
  [
    'RUN --mount=type=bind,from=root,target=/rootfs,rw --mount=type=cache,target=/c,from=other true',
    ['root', 'other'],
  ],
  ['RUN --mount=type=bind,source=install,target=/install true', []],
  ['RUN echo --from=tools', []],
  ['RUN <<EOF\ncat --from=x\nCOPY --from=y a b\nEOF', []],
];
for (const [text, names] of FROMS) {
  test(`What ${JSON.stringify(text)} takes files from`, () => {
    const [stage] = readDockerfile(`FROM scratch\n${text}\n# the end\nUSER me\n`).stages;
    const [instruction, user] = stage?.instructions ?? [];
    assert.is(instruction?.text, text);
    assert.is(user?.text, 'USER me');
    assert.equal(
      instruction?.froms.map(({ name, start, end }) => [name, text.slice(start, end)]),
      names.map((name) => [name, name]),
    );
  });
}

test('A heredoc is of its instruction, FROM lines and all', () => {
  const text = 'COPY <<"A" <<B /x/\nFROM a\nA\nFROM b\nB';
  const { stages } = readDockerfile(`FROM scratch\n${text}\nFROM scratch AS last\n`);
  assert.is(stages.length, 2);
  assert.is(stages[0]?.instructions[0]?.text, text);
});

/** Where dockerfile-ast takes what follows as a part of it, or what is a part as something else, and BuildKit does not. */
const OTHERWISE = [
  'ENV P=C:\\\\',
  'LABEL p=C:\\\\',
  'WORKDIR C:\\\\',
  'EXPOSE 80\\\\',
  'RUN echo a\\\\  ',
  'RUN echo "usage: cat <<EOF"',
  "RUN sh -c 'cat <<EOF > /x'",
  'RUN ["sh", "-c", "cat <<EOF"]',
  'RUN python3 -c "print(1 <<8)"',
  'COPY ["a <<b", "/x"]',
  'RUN cat <<E"O"F\nEOF',
  'RUN cat <<\\EOF\nEOF',
  'RUN echo ${x:- <<EOF }',
  'RUN cat<<EOF',
  'RUN python3 /dev/fd/3 3<<EOF\nfrom os import path\nEOF',
  'RUN a \\\n# FROM b \\\n\n c',
  'USER me\n\fFROM a',
  'USER me\n\u00a0FROM a',
  'USER me\n\u3000FROM a',
  'USER me\n\u0085FROM a',
  'COPY --from=a\\\nb /x /',
  'COPY --link "--from=a" /x /',
  'COPY --fro\\m=a /x /',
  'RUN --mount=type=bind,FROM=a,target=/m true',
];
for (const text of OTHERWISE) {
  test(`A stage after ${JSON.stringify(text)} is not lost`, () => {
    try {
      const { stages } = readDockerfile(`FROM scratch\n${text}\nFROM scratch AS last\n`);
      assert.is(stages.length, 2);
      assert.is(stages[1]?.name, 'last');
      assert.is(stages[0]?.instructions[0]?.text, text.trim());
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  });
}

/** What people write, which has to stay in a solve with others. */
const READ = [
  'COPY --chown="${UID}:${GID}" --from=tools /a /b',
  'RUN cat <<EOF >> "${HOME}/.bashrc"\na\nEOF',
  'RUN cat <<\'EOF\' > "/etc/x"\na\nEOF',
  'RUN cat <<EOF && echo "done it"\na\nEOF',
  'RUN <<-EOF bash\n\ta\n\tEOF',
  'COPY <<a <<"b" /x/\n1\na\n2\nb',
  'RUN a \\\n  # why\u00a0not\n  && b',
  'LABEL a="b <<c"',
];
for (const text of READ) {
  test(`${JSON.stringify(text)} is read`, () => {
    const { stages } = readDockerfile(`FROM scratch AS tools\n${text}\nFROM scratch\n`);
    assert.equal(
      stages.map(({ instructions }) => instructions.map((one) => one.text)),
      [[text], []],
    );
  });
}

const REFUSED: [text: string, why: RegExp][] = [
  ['FROM scratch\nENV P=C:\\\\\nFROM scratch', /cannot be told apart for sure/],
  ['FROM scratch\nRUN sh -c "cat <<EOF"\nFROM scratch', /"<<" beside quotes/],
  ['FROM scratch\nRUN cat <<EOF\nFROM scratch', /heredoc EOF has no end/],
  ['FROM scratch\n\u00a0FROM scratch', /white space of unusual kinds/],
  ['FROM scratch\nUSER me\n # escape=`', /"# escape=" line/],
  ['FROM scratch\nCOPY --link --"from"=a /x /', /flags of a COPY/],
  ['FROM scratch\nRUN --mount=FROM=a,target=/m true', /flags of a RUN/],
  ['# escape=`\nFROM scratch', /"# escape=" line/],
  ['# check=error=true\nFROM scratch', /"# check=" line/],
  ['FROM scratch\r\nUSER me', /carriage return/],
  ['FROM scratch\nONBUILD RUN true', /ONBUILD/],
  ['USER me\nFROM scratch', /USER before the first FROM/],
  ['ARG A="a"b\nFROM scratch', /quotes within/],
  ["ARG A='$B'\nFROM scratch", /around a variable/],
  ['ARG A="a\nFROM scratch', /without its end/],
  ['ARG A=a\\ b\nFROM scratch', /escapes/],
  ['ARG A', /no FROM/],
  ['', /no FROM/],
];
for (const [text, why] of REFUSED) {
  test(`${JSON.stringify(text)} is not read`, () => {
    assert.throws(
      () => readDockerfile(text),
      (error: Error) => error instanceof RangeError && why.test(error.message),
    );
  });
}

test('The project’s own Dockerfiles are read', async () => {
  for (const name of ['worker', 'control', 'probe']) {
    const { stages } = readDockerfile(await readFile(`stages/${name}.Dockerfile`, 'utf8'));
    assert.ok(stages.length > 1, name);
  }
});

test.run();
