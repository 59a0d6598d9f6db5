import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const read = (path: string) => JSON.parse(readFileSync(at(path), 'utf8')) as unknown;

test('VS Code holds policies and distros.yaml against their schemas, and leaves the record of hashes alone', () => {
  assert.equal(read('.vscode/settings.json'), {
    'json.schemas': [
      {
        fileMatch: ['/policies/*.json', '!/policies/.generated.json'],
        url: './schemas/policy.schema.json',
      },
    ],
    'yaml.schemas': { './schemas/distros.schema.json': '/distros.yaml' },
  });
  for (const path of [
    'schemas/policy.schema.json',
    'schemas/distros.schema.json',
    'policies',
    'distros.yaml',
  ]) {
    assert.ok(existsSync(at(path)), path);
  }
});

// https://github.com/redhat-developer/yaml-language-server/issues/1112
for (const name of ['policy', 'distros']) {
  test(`The ${name} schema is of the draft that editors know`, () => {
    const { $schema } = read(`schemas/${name}.schema.json`) as { $schema: string };
    assert.is($schema, 'http://json-schema.org/draft-07/schema#');
  });
}

test.run();
