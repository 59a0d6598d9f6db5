import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { behaviourOf } from '../../lib/policy/behaviour.ts';
import { evaluate } from '../../lib/policy/evaluate.ts';
import { parsePolicy } from '../../lib/policy/parsePolicy.ts';
import { testWithGo } from './go.ts';
import { askOracle, buildOracle, RELEASES } from './sourcepolicy/oracle.ts';
import type { OracleCase, OracleVerdict, Release } from './sourcepolicy/oracle.ts';
import { randomFrom } from './random.ts';
import type { Random } from './random.ts';
import { randomPool } from './sourcepolicy/randomPatterns.ts';
import { randomAttrs, randomPolicyText } from './sourcepolicy/randomPolicyText.ts';

const SEEDS = Array.from({ length: 20 }, (_, index) => 20_261_076 + index);
const CASES_PER_SEED = 1000;

for (const release of RELEASES) {
  await testWithGo(`agrees with BuildKit ${release.version} on 20000 random cases`, () => compare(release));
}

/** The oracle's, or one of our own that it has no word for. */
type Verdict = Omit<OracleVerdict, 'kind'> & { kind: OracleVerdict['kind'] | 'too-long' };

async function compare(release: Release): Promise<void> {
  const binary = await buildOracle(release);
  const kinds = new Map<string, number>();
  const disagreements: unknown[] = [];
  for (const seed of SEEDS) {
    const random = randomFrom(seed);
    const judged = Array.from({ length: CASES_PER_SEED }, () => judgedCase(random, release));
    const cases = judged.map(({ each }) => each);
    const theirs = await askOracle(binary, cases);
    assert.is(theirs.length, cases.length);
    judged.forEach(({ each, ours }, index) => {
      const their = canonical(theirs[index] as OracleVerdict);
      const kind = ours.changed ? `${ours.kind} after changes` : ours.kind;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (JSON.stringify(ours) !== JSON.stringify(their))
        disagreements.push({ seed, index, each, ours, their });
    });
  }
  process.stdout.write(
    `seeds ${SEEDS[0] ?? 0} to ${SEEDS.at(-1) ?? 0}: ${JSON.stringify(Object.fromEntries(kinds))}\n`,
  );
  assert.equal(disagreements.slice(0, 3), [], `${disagreements.length} disagreements`);
}

function randomCase(random: Random): OracleCase {
  const pool = randomPool(random);
  return {
    policies: random.some(1, random.chance(0.2) ? 3 : 1, () => randomPolicyText(random, pool)),
    identifier: random.pick(pool),
    attrs: randomAttrs(random),
  };
}

/** A random case with our verdict. One whose identifier grows without end would take the oracle's memory with it. */
function judgedCase(random: Random, release: Release): { each: OracleCase; ours: Verdict } {
  for (;;) {
    const each = randomCase(random);
    const ours = judge(each, release);
    if (ours.kind !== 'too-long') return { each, ours };
  }
}

function judge({ policies, identifier, attrs }: OracleCase, { version }: Release): Verdict {
  const encoder = new TextEncoder();
  const read = policies.map((text) => parsePolicy('policy.json', encoder.encode(text)).policy);
  const usable = read.filter((policy) => policy !== undefined);
  if (usable.length < read.length)
    return canonical({ kind: 'refused', changed: false, identifier: '', attrs: {} });
  const source = { identifier, attrs: new Map(Object.entries(attrs)) };
  const outcome = evaluate(usable, source, { behaviour: behaviourOf(version) });
  return canonical({
    ...outcome,
    identifier: outcome.source.identifier,
    attrs: Object.fromEntries(outcome.source.attrs),
  });
}

/** A verdict with its keys in one order, so that two can be compared as text. */
function canonical({ kind, error, changed, identifier, attrs }: Verdict): Verdict {
  const sorted = Object.entries(attrs ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    kind,
    changed,
    identifier,
    attrs: Object.fromEntries(sorted),
    ...(error === undefined ? {} : { error }),
  };
}

test.run();
