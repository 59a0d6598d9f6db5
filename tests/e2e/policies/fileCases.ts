import { deniedAtResolve, from, image, type PolicyCase } from './policyCase.ts';

const ONE = image('one');
const rule = (text: string) => `{"rules": [${text}]}`;

/** What BuildKit makes of a policy file's text. */
export const FILE_CASES: readonly PolicyCase[] = [
  {
    title: 'matchType is dropped without a word, and the expression is read as a WILDCARD',
    asks: from('one'),
    policy: rule(`{"action": "DENY", "selector": {"identifier": "/one:1", "matchType": "REGEX"}}`),
    ends: { holds: 'one' },
  },
  {
    title: 'Keys may be of any case, and enums numbers',
    asks: from('one'),
    policy: rule(`{"Action": 1, "SELECTOR": {"identifier": "/one:1", "Match_Type": 2}}`),
    ends: deniedAtResolve(ONE),
  },
  {
    title: 'An action that is not given is ALLOW',
    asks: from('one'),
    policy: rule(`{"action": "DENY", "selector": {"identifier": "docker-image://*"}},
      {"selector": {"identifier": "docker-image://*"}}`),
    ends: { holds: 'one' },
  },
  {
    title: 'A rule without a selector fails the build',
    asks: from('one'),
    policy: rule(`{"action": "DENY"}`),
    ends: { fails: 'invalid nil selector in policy' },
  },
  {
    title: 'A misspelt action refuses the file',
    asks: from('one'),
    policy: rule(`{"action": "deny", "selector": {"identifier": "docker-image://*"}}`),
    ends: { refusesFile: 'unrecognized enum ALLOW value "deny"' },
  },
  {
    title: 'A number that is no action refuses the file',
    asks: from('one'),
    policy: rule(`{"action": 7, "selector": {"identifier": "docker-image://*"}}`),
    ends: { refusesFile: 'invalid PolicyAction value: 7' },
  },
  {
    title: 'A comment refuses the file',
    asks: from('one'),
    policy: `{ // nothing to see\n"rules": []}`,
    ends: { refusesFile: "invalid character '/' looking for beginning of object key string" },
  },
  {
    title: 'A second policy in the same file refuses the file',
    asks: from('one'),
    policy: '{"rules": []}\n{"rules": []}',
    ends: { refusesFile: "invalid character '{' after top-level value" },
  },
];
