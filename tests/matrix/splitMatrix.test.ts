import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../lib/fault/fault.ts';
import { splitMatrix, type ShardPart, type SplitDistro } from '../../lib/matrix/splitMatrix.ts';
import { spread, type Weighed } from '../../lib/matrix/spread.ts';

const PATHS = ['worker-context', 'base-context', 'source-policy'] as const;
type Path = (typeof PATHS)[number];
const none = () => undefined;

const cellsOf = (parts: readonly Pick<ShardPart<Path>, 'distro' | 'paths' | 'platforms'>[]) =>
  parts.flatMap(({ distro, paths, platforms }) =>
    paths.flatMap((path) => platforms.map((platform) => `${distro} ${path} ${platform}`)),
  );

const platforms = fc.subarray(['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/s390x'], {
  minLength: 1,
});
const matrix = fc
  .uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 9 })
  .chain((names) =>
    fc.tuple(...names.map((name) => platforms.map((of): SplitDistro => ({ name, platforms: of })))),
  );
const split = fc
  .record({
    distros: matrix,
    paths: fc.subarray([...PATHS], { minLength: 1 }),
    seed: fc.nat(),
    part: fc.nat(),
  })
  .map(({ distros, paths, seed, part }) => {
    const cells = cellsOf(
      distros.map(({ name, platforms: of }) => ({ distro: name, paths, platforms: [...of] })),
    );
    // A time for each cell that follows from its name, and none for some.
    const times = new Map(cells.map((cell, at) => [cell, ((seed + at * 7919) % 1009) / 10]));
    const expected = (...cell: string[]) => {
      const time = times.get(cell.join(' ')) ?? 0;
      return time < 10 ? undefined : time;
    };
    return { distros, paths, of: 1 + (part % cells.length), cells, expected };
  });

test('Every cell is in exactly one shard, and no shard is empty', () => {
  fc.assert(
    fc.property(split, ({ distros, paths, of, cells, expected }) => {
      const parts = splitMatrix(distros, paths, of, expected);
      assert.equal(cellsOf(parts).sort(), [...cells].sort());
      assert.equal(new Set(parts.map(({ shard }) => shard)).size, of);
    }),
  );
});

test('A shard is some distros on all of their cells, or of one distro some paths, or of one path some platforms', () => {
  fc.assert(
    fc.property(split, ({ distros, paths, of, expected }) => {
      const parts = splitMatrix(distros, paths, of, expected);
      for (let shard = 1; shard <= of; shard += 1) {
        const own = parts.filter((part) => part.shard === shard);
        const isWhole = (part: ShardPart<Path>) =>
          part.paths.length === paths.length &&
          part.platforms.length === distros.find(({ name }) => name === part.distro)?.platforms.length;
        const isOfOnePath = new Set(own.map((part) => [part.distro, ...part.paths].join(' '))).size === 1;
        assert.ok(isOfOnePath || own.every(isWhole), JSON.stringify(own));
        if (of <= distros.length) assert.ok(own.every(isWhole), 'not taken apart without need');
      }
    }),
  );
});

test('The split follows from distros, paths, number and times alone, and its parts are in the order of the matrix', () => {
  fc.assert(
    fc.property(split, ({ distros, paths, of, expected }) => {
      const parts = splitMatrix(distros, paths, of, expected);
      assert.equal(splitMatrix(structuredClone(distros), [...paths], of, expected), parts);
      for (const { name, platforms: all } of distros) {
        const own = cellsOf(parts.filter(({ distro }) => distro === name));
        const byPath = paths.flatMap((path) => own.filter((cell) => cell.split(' ')[1] === path));
        assert.equal(byPath, cellsOf([{ distro: name, paths, platforms: [...all] }]));
      }
      const order = parts.map(({ distro }) => distros.findIndex(({ name }) => name === distro));
      assert.equal(
        order,
        [...order].sort((a, b) => a - b),
      );
    }),
  );
});

/** The heaviest group of the best distribution, by trying all. */
function best(weights: readonly number[], groups: readonly number[]): number {
  const [weight, ...rest] = weights;
  if (weight === undefined) return Math.max(...groups);
  // Groups of the same weight are alike.
  const tried = groups.flatMap((group, at) => (groups.indexOf(group) === at ? [at] : []));
  return Math.min(
    ...tried.map((at) =>
      best(
        rest,
        groups.map((group, other) => (other === at ? group + weight : group)),
      ),
    ),
  );
}
const thing = (weight: number): Weighed<string> => ({ value: 'x', weight, parts: [] });
const heaviestOf = (groups: readonly (readonly Weighed<string>[])[]) =>
  Math.max(...groups.map((group) => group.reduce((sum, { weight }) => sum + weight, 0)));

test('Of whole distros the heaviest shard weighs at most 4/3 - 1/(3 n) of that of the best split', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 4, maxLength: 8 });
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 4 }), (all, count) => {
      const heaviest = heaviestOf(spread(all.map(thing), count));
      const optimum = best(
        all,
        Array.from({ length: count }, () => 0),
      );
      assert.ok(heaviest <= (4 / 3 - 1 / (3 * count)) * optimum + 1e-9, `${heaviest} of ${optimum}`);
    }),
  );
});

test('No distro that is taken apart could get by with one shard less, but for what its cells are like', () => {
  const groupOf = (parts: readonly number[]): Weighed<string> => ({
    value: 'x',
    weight: parts.reduce((sum, one) => sum + one, 0),
    parts: parts.map(thing),
  });
  const weights = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(weights, weights, fc.integer({ min: 2, max: 6 }), (one, other, count) => {
      const heaviest = heaviestOf(spread([groupOf(one), groupOf(other)], count));
      const choices = [1, 2, 3].filter((own) => count - own >= 1 && count - own <= 3);
      const optimum = Math.min(
        ...choices.map((own) =>
          Math.max(
            best(one, new Array<number>(own).fill(0)),
            best(other, new Array<number>(count - own).fill(0)),
          ),
        ),
      );
      assert.ok(heaviest <= (4 / 3) * optimum + 1e-9, `${heaviest} of ${optimum}`);
    }),
  );
});

test('What took long is spread: two slow distros come into two shards', () => {
  const distros = ['a', 'b', 'c', 'd'].map((name) => ({ name, platforms: ['linux/amd64'] }));
  const slow = (distro: string) => (distro === 'a' || distro === 'b' ? 60 : 5);
  const shards = splitMatrix(distros, PATHS, 2, slow).map(({ distro, shard }) => `${distro}${shard}`);
  assert.equal(shards, ['a1', 'b2', 'c1', 'd2']);
});

test('With more shards than distros the slowest distro is taken apart, by path and then by platform', () => {
  const distros = ['a', 'b'].map((name) => ({ name, platforms: ['linux/amd64', 'linux/arm64'] }));
  const slow = (distro: string) => (distro === 'a' ? 60 : 1);
  assert.equal(splitMatrix(distros, PATHS, 3, slow), [
    { shard: 1, distro: 'a', paths: ['worker-context', 'source-policy'], platforms: distros[0]?.platforms },
    { shard: 2, distro: 'a', paths: ['base-context'], platforms: distros[0]?.platforms },
    { shard: 3, distro: 'b', paths: [...PATHS], platforms: distros[1]?.platforms },
  ]);
  const each = splitMatrix(distros, PATHS, 12, none);
  assert.is(each.length, 12);
  assert.ok(each.every(({ paths, platforms: of }) => paths.length === 1 && of.length === 1));
});

test('More shards than cells are refused with how many there can be', () => {
  const distros = [{ name: 'a', platforms: ['linux/amd64'] }];
  try {
    splitMatrix(distros, PATHS, 4, none);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, Fault);
    assert.match((error as Fault).message, /4 shards of 3 cells[^]*at most 3/);
  }
});

test('A thousand distros on seven platforms are split in no time, into any number of shards', () => {
  const seven = ['amd64', 'arm64', 'arm/v7', '386', 'ppc64le', 's390x', 'riscv64'].map(
    (one) => `linux/${one}`,
  );
  const distros = Array.from({ length: 1000 }, (_, at) => ({ name: `d${at}`, platforms: seven }));
  for (const of of [16, 1000, 21_000]) {
    const started = process.cpuUsage();
    splitMatrix(distros, PATHS, of, (name) => name.length);
    const { user } = process.cpuUsage(started);
    assert.ok(user < 3e6, `${of} shards: ${user / 1e6} s`);
  }
});

test.run();
