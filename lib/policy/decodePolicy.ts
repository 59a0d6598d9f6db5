import type { Node } from 'jsonc-parser';
import {
  decodeEnum,
  decodeFields,
  decodeInteger,
  decodeSlice,
  decodeString,
  elementsOf,
} from './goDecode.ts';
import type { Decode, Decoding, Slice } from './goDecode.ts';
import { propertiesOf } from './goFields.ts';
import { ACTIONS, CONDITIONS, MATCH_TYPES } from './types.ts';
import type {
  Action,
  AttrConstraint,
  Condition,
  MatchType,
  Policy,
  Rule,
  Selector,
  Update,
} from './types.ts';

/**
 * Turns a JSON tree into the policy that BuildKit gets from it: read by Go's encoding/json (keys in any case, unknown
 * keys dropped, a key written twice decoded onto the first), then sent as protobuf, where a null rule or constraint
 * becomes an empty one. What Go refuses is added to `decoding.problems`; the policy then stands for nothing.
 */
export function decodePolicy(root: Node, decoding: Decoding): Policy {
  let version = 0;
  let rules: Slice<GoRule> | undefined;
  decodeFields(
    root,
    {
      version: (value) => (version = decodeInteger(value, version, '"version"', decoding)),
      rules: (value) => (rules = decodeSlice(value, rules, decodeRule, '"rules"', decoding)),
    },
    'a policy',
    decoding,
  );
  return { version, rules: elementsOf(rules).map((rule) => ruleOnTheWire(rule)) };
}

interface GoRule {
  action: Action;
  selector: GoSelector | undefined;
  updates: GoUpdate | undefined;
}

interface GoSelector {
  identifier: string;
  match_type: MatchType;
  constraints: Slice<GoConstraint> | undefined;
}

interface GoConstraint {
  key: string;
  value: string;
  condition: Condition;
}

interface GoUpdate {
  identifier: string;
  attrs: Map<string, string> | undefined;
}

const decodeRule: Decode<GoRule> = (node, before, decoding) => {
  if (node.type === 'null') return undefined;
  const rule = before ?? { action: 'ALLOW', selector: undefined, updates: undefined };
  const fields = {
    action: (value: Node) => (rule.action = decodeEnum(value, ACTIONS, '"action"', decoding)),
    selector: (value: Node) => (rule.selector = decodeSelector(value, rule.selector, decoding)),
    updates: (value: Node) => (rule.updates = decodeUpdate(value, rule.updates, decoding)),
  };
  decodeFields(node, fields, 'a rule', decoding);
  return rule;
};

const decodeSelector: Decode<GoSelector> = (node, before, decoding) => {
  if (node.type === 'null') return undefined;
  const selector = before ?? { identifier: '', match_type: 'WILDCARD', constraints: undefined };
  const fields = {
    identifier: (value: Node) =>
      (selector.identifier = decodeString(value, selector.identifier, '"identifier"', decoding)),
    match_type: (value: Node) =>
      (selector.match_type = decodeEnum(value, MATCH_TYPES, '"match_type"', decoding)),
    constraints: (value: Node) =>
      (selector.constraints = decodeSlice(
        value,
        selector.constraints,
        decodeConstraint,
        '"constraints"',
        decoding,
      )),
  };
  decodeFields(node, fields, '"selector"', decoding);
  return selector;
};

const decodeConstraint: Decode<GoConstraint> = (node, before, decoding) => {
  if (node.type === 'null') return undefined;
  const constraint = before ?? { key: '', value: '', condition: 'EQUAL' };
  const fields = {
    key: (value: Node) => (constraint.key = decodeString(value, constraint.key, '"key"', decoding)),
    value: (value: Node) => (constraint.value = decodeString(value, constraint.value, '"value"', decoding)),
    condition: (value: Node) =>
      (constraint.condition = decodeEnum(value, CONDITIONS, '"condition"', decoding)),
  };
  decodeFields(node, fields, 'a constraint', decoding);
  return constraint;
};

const decodeUpdate: Decode<GoUpdate> = (node, before, decoding) => {
  if (node.type === 'null') return undefined;
  const update = before ?? { identifier: '', attrs: undefined };
  const fields = {
    identifier: (value: Node) =>
      (update.identifier = decodeString(value, update.identifier, '"identifier"', decoding)),
    attrs: (value: Node) => (update.attrs = decodeAttrs(value, update.attrs, decoding)),
  };
  decodeFields(node, fields, '"updates"', decoding);
  return update;
};

const decodeAttrs: Decode<Map<string, string>> = (node, before, decoding) => {
  if (node.type === 'null') return undefined;
  const attrs = before ?? new Map<string, string>();
  // The only object whose keys are people's own.
  decodeFields(node.type === 'object' ? { ...node, children: [] } : node, {}, '"attrs"', decoding);
  for (const { key, valueNode } of node.type === 'object' ? propertiesOf(node) : []) {
    attrs.set(key, decodeString(valueNode, '', `the attribute "${key}"`, decoding));
  }
  return attrs;
};

function ruleOnTheWire(rule: GoRule | undefined): Rule {
  if (rule === undefined) return { action: 'ALLOW' };
  const { action, selector, updates } = rule;
  return {
    action,
    ...(selector === undefined ? {} : { selector: selectorOnTheWire(selector) }),
    ...(updates === undefined ? {} : { updates: updateOnTheWire(updates) }),
  };
}

function selectorOnTheWire({ identifier, match_type, constraints }: GoSelector): Selector {
  const empty: AttrConstraint = { key: '', value: '', condition: 'EQUAL' };
  return {
    identifier,
    match_type,
    constraints: elementsOf(constraints).map((constraint) => constraint ?? empty),
  };
}

function updateOnTheWire({ identifier, attrs }: GoUpdate): Update {
  return { identifier, attrs: attrs ?? new Map() };
}
