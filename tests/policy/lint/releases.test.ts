import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complaints } from './lintText.ts';

const withChecksum = (value: string, identifier = 'https://a/*') => ({
  action: 'DENY',
  selector: { identifier, constraints: [{ key: 'http.checksum', value }] },
});

test('old releases hold a rule to the constraints of another that selects the same', () => {
  assert.equal(complaints([withChecksum('a'), withChecksum('b')], 'shared-constraints'), [
    'shared-constraints@2: BuildKit before v0.26 holds this rule to the constraints of rule 1, which selects the same',
  ]);
});

test('with the same constraints, or another selector, there is no difference', () => {
  assert.equal(
    complaints(
      [withChecksum('a'), withChecksum('a'), withChecksum('b', 'https://b/*')],
      'shared-constraints',
    ),
    [],
  );
});

test.run();
