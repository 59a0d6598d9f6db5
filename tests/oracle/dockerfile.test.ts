import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { test } from 'uvu';
import { readDockerfile, type Dockerfile } from '../../lib/dockerfile/readDockerfile.ts';
import { askInLines, buildGo, testWithGo } from './go.ts';
import { randomFrom, type Random } from './random.ts';

const SEED = 20_261_126;
const CASES = 40_000;

/** An instruction as BuildKit's parser reads it: lines from 1, flags without their quotes. */
interface Read {
  keyword: string;
  start: number;
  end: number;
  flags: string[];
}

const INSTRUCTIONS = [
  'FROM a',
  'FROM b AS c',
  'from c',
  'FROM --platform=$BUILDPLATFORM d',
  'FROM',
  'FRO',
  'USER me',
  'WORKDIR C:',
  'ENV P=x',
  'LABEL a="b c"',
  'ARG X=1',
  'CMD ["a"]',
  'RUN',
  'RUN a',
  'run cat',
  'RUN ["a"',
  'COPY a /x',
  'ADD a /x',
  'COPY --from=a /x /',
  'COPY --link --from=0 /x /',
  'COPY --"from"=c /x /',
  'RUN --mount=type=bind,from=c,target=/m a',
  'RUN --mount=from=a --mount=type=cache,target=/c a',
  'COPY --chmod=1',
  'COPY --chown="${A}:b" --from=a /x /',
  'COPY --chown="a b" --from=a /x /',
  'RUN --mount=type=bind,FROM=a,target=/m',
];
const ENDS = [
  '',
  '',
  '',
  ' \\',
  '\\',
  '\\\\',
  '\\\\\\',
  ' \\ \t',
  ' <<EOF',
  ' <<-EOF',
  ' <<"EOF"',
  " <<'E'",
  ' 3<<E',
  '<<EOF',
  ' "<<EOF"',
  " 'a <<EOF b'",
  ' \\<<EOF',
  ' <<E"O"F',
  ' << EOF',
  ' <<EOF <<E',
  ' ${x:- <<E }',
  ' ${x}',
  ' "a',
  " 'a",
  ' # c',
  ' "x y" <<EOF',
  ' \'x\' <<EOF "z"',
  ' <<EOF > "${x}/y"',
  ' a="b c" <<E',
  ' "x <<E',
  ' <<E "x',
  ' "a"<<E',
  ' $((1 <<E',
  ' "a <<EOF b"',
  ' < a <<E',
  ' "${x:-"a} <<E',
  ' <<<E',
  ' "$x" <<-"E"',
  '="a"',
  ' > "/etc/x"',
];
const LINES = [
  '',
  ' ',
  '\t',
  '# c',
  ' # FROM x',
  '#',
  'EOF',
  '\tEOF',
  ' EOF',
  'E',
  '\fFROM a',
  '\u00a0FROM a',
  '\u3000FROM a',
  '# escape=`',
  '# a\u00a0b',
  '  b',
  '--from=a /x /',
  '\\',
  'OM a',
  '\u0085FROM a',
  '\u000bFROM a',
  'ONBUILD RUN a',
];

/** Whatever may stand in a Dockerfile, and much that may not. */
function randomText(random: Random): string {
  const line = () =>
    random.chance(0.3)
      ? random.pick(LINES)
      : `${random.chance(0.1) ? '  ' : ''}${random.pick(INSTRUCTIONS)}${random.pick(ENDS)}`;
  return ['FROM base', ...random.some(1, 7, line)].join('\n') + (random.chance(0.8) ? '\n' : '');
}

function read(text: string): Dockerfile | undefined {
  try {
    return readDockerfile(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What flags take files from, as `frontend/dockerfile/instructions` takes them apart. */
function fromsOf({ keyword, flags }: Read): string[] {
  if (!/^(?:copy|add|run)$/i.test(keyword)) return [];
  return flags.flatMap((flag) => {
    if (flag.startsWith('--from=')) return [flag.slice('--from='.length)];
    if (!flag.startsWith('--mount=')) return [];
    const fields = flag.slice('--mount='.length).split(',');
    return fields.filter((field) => /^from=/i.test(field)).map((field) => field.slice('from='.length));
  });
}

await testWithGo(
  `What is read of ${CASES} random Dockerfiles is what BuildKit’s own parser reads`,
  async () => {
    const binary = await buildGo({
      module: fileURLToPath(new URL('dockerfile', import.meta.url)),
      package: '.',
    });
    const random = randomFrom(SEED);
    const texts = Array.from({ length: CASES }, () => randomText(random));
    const theirs = await askInLines<Read[] | null>(binary, texts);
    assert.is(theirs.length, texts.length);

    const wrong: unknown[] = [];
    const counts = { same: 0, 'not read here': 0, 'read by nobody': 0 };
    for (const [at, text] of texts.entries()) {
      const ours = read(text);
      const their = theirs[at] ?? undefined;
      if (ours === undefined) {
        counts[their === undefined ? 'read by nobody' : 'not read here'] += 1;
        continue;
      }
      // What BuildKit does not read is never built, whatever is made of it.
      if (their === undefined) continue;
      const lines = text.split('\n');
      const wanted: string[] = [];
      for (const one of their) {
        if (/^from$/i.test(one.keyword)) wanted.push('FROM');
        else
          wanted.push(
            JSON.stringify([
              lines
                .slice(one.start - 1, one.end)
                .join('\n')
                .trim(),
              fromsOf(one),
            ]),
          );
      }
      const found = ours.stages.flatMap(({ instructions }) => [
        'FROM',
        ...instructions.map((one) => JSON.stringify([one.text.trim(), one.froms.map(({ name }) => name)])),
      ]);
      if (JSON.stringify(found) === JSON.stringify(wanted)) counts.same += 1;
      else wrong.push({ text, found, wanted });
    }
    process.stdout.write(`seed ${SEED}: ${JSON.stringify(counts)}\n`);
    assert.equal(wrong.slice(0, 3), [], `${wrong.length} are read otherwise`);
    assert.ok(counts.same > CASES / 20, 'enough of them are read');
  },
);

test.run();
