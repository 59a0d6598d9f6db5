import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expandTemplate, IDENTIFIER_MAX, parseTemplate, TooLong } from '../../lib/policy/expandTemplate.ts';

const groups = {
  byNumber: (number: number) => ['all', 'one', undefined][number],
  byName: (name: string) => (name === 'tag' ? 'bookworm' : undefined),
};
const expand = (template: string) => expandTemplate(parseTemplate(template), groups);

for (const [template, expected] of [
  ['a${1}b$1', 'aoneb' + 'one'],
  ['$0', 'all'],
  ['$tag-${tag}', 'bookworm-bookworm'],
  ['$1x', ''],
  ['$2$3$unknown', ''],
  ['$01', ''],
  ['$$1', '$1'],
  ['a$', 'a$'],
  ['${1', '${1'],
  ['${}', '${}'],
  ['$-1', '$-1'],
  ['${a b}', '${a b}'],
] as const) {
  test(`fills in ${template}`, () => {
    assert.is(expand(template), expected);
  });
}

test('tells where a template refers to a group', () => {
  assert.equal(parseTemplate('x:${1}y'), [
    { text: 'x:' },
    { group: '1', start: 2, length: 4 },
    { text: 'y' },
  ]);
});

test('stops at a length that no identifier has', () => {
  assert.throws(
    () => expand('$0'.repeat(IDENTIFIER_MAX)),
    (error: unknown) => error instanceof TooLong,
  );
});

test.run();
