// Switching a rule off in varsmith.json: the smallest edit, in the file's own layout.

import { expect, test } from 'vitest';
import { applyEdits } from '../../server/src/checks/engine/apply-fixes.ts';
import { switchOffEdit } from '../../server/src/workspace/settings/switch-off.ts';

function switchedOff(text: string | null): string | null {
  const edit = switchOffEdit(text, 'use/x');
  return edit && applyEdits(text ?? '', [edit]);
}

const FRESH = '{\n  "rules": {\n    "use/x": "off"\n  }\n}\n';

test.each([
  ['no file', null, FRESH],
  ['an empty file', '\n', FRESH],
  ['an empty object', '{}', '{\n  "rules": {\n    "use/x": "off"\n  }\n}'],
  [
    'other settings',
    '{\n  "exclude": []\n}\n',
    '{\n  "exclude": [],\n  "rules": {\n    "use/x": "off"\n  }\n}\n',
  ],
  ['an empty list of rules', '{\n  "rules": {}\n}\n', FRESH],
  [
    'other rules',
    '{\n\t"rules": {\n\t\t"a/b": "off"\n\t}\n}\n',
    '{\n\t"rules": {\n\t\t"a/b": "off",\n\t\t"use/x": "off"\n\t}\n}\n',
  ],
  ['one line', '{ "rules": { "a/b": "off" } }', '{ "rules": { "a/b": "off", "use/x": "off" } }'],
  ['another severity', '{ "rules": { "use/x": "hint" } }', '{ "rules": { "use/x": "off" } }'],
  [
    'the long form',
    '{ "rules": { "use/x": { "severity": "hint", "exclude": [] } } }',
    '{ "rules": { "use/x": { "severity": "off", "exclude": [] } } }',
  ],
  [
    'the long form without a severity',
    '{ "rules": { "use/x": { "exclude": [] } } }',
    '{ "rules": { "use/x": { "exclude": [], "severity": "off" } } }',
  ],
  [
    'line ends of Windows',
    '{\r\n  "rules": {\r\n    "a/b": "off"\r\n  }\r\n}\r\n',
    '{\r\n  "rules": {\r\n    "a/b": "off",\r\n    "use/x": "off"\r\n  }\r\n}\r\n',
  ],
])('%s', (_, before, after) => {
  const text = switchedOff(before);
  expect(text).toBe(after);
  expect(JSON.parse(text ?? '').rules['use/x'].severity ?? JSON.parse(text ?? '').rules['use/x']).toBe('off');
});

test.each([['{ "rules": '], ['[]'], ['{ "rules": [] }']])('%s is left alone', text => {
  expect(switchedOff(text)).toBeNull();
});
