// Why a variable is in a machine's sessions, or why it is not.
import { expect, test } from 'vitest';
import { registryOf } from '../../server/src/checks/examples/pipeline-examples.ts';
import type { Surroundings } from '../../server/src/editor/environment/environment-data.ts';
import {
  absentVariables,
  type Explanation,
  explainVariable,
} from '../../server/src/editor/environment/environment-explain.ts';
import { absentText } from '../../server/src/editor/environment/environment-text.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder } from '../workspace/support.ts';

const engine = await loadEngine();

const entry = (key: string, fields: string) =>
  `  ${key} = mkPromptedSecret {\n    generator = "${key}-value";\n    ${fields}\n  };\n`;

const ENTRIES = [
  entry('token', 'envVar = "TOKEN";'),
  entry('account', 'envVar = "ACCOUNT"; secret = false;'),
  entry('mail', 'envVar = "MAIL_PASSWORD";'),
  entry('lonely', 'envVar = "LONELY";'),
  entry('silent', 'envVar = null;'),
  entry('one', 'envVar = "TWICE";'),
  entry('two', 'envVar = "TWICE";'),
  entry('later', 'envVar = "LATER"; secret = false;'),
].join('');

const SPEC = `\
let
  hydrate = name: key: { kind = "hydrate"; inherit name; from = "\${name}_FILE"; keys = [ key ]; };
in
{
  shared = [
    { kind = "compose"; name = "ACCOUNT_URL"; parts = [ "https://" { variable = "ACCOUNT"; } ]; keys = [ "account" ]; }
    (hydrate "TOKEN" "token")
  ];
  machines.tove = [ (hydrate "MAIL_PASSWORD" "mail") { kind = "compose"; name = "GREETING"; parts = [ "hello" ]; } ];
}
`;

const FILES = {
  'lib/secret-registry.nix': registryOf(ENTRIES),
  'lib/machine-env-matrix.nix': `\
{
  lea = [ "token" "account" "silent" "one" "two" "later" ];
  tove = [ "mail" ];
  open = [ "token" ] ++ import <more>;
}
`,
  'lib/session-vars-spec.nix': SPEC,
  'vars/per-machine/lea/account-value/key/value': '4711',
};

function around(files: Readonly<Record<string, string>> = FILES): Surroundings {
  const workspace = createWorkspace({ root: folder(files), engine });
  return { fleet: workspace.fleet(), files: workspace.files, elsewhere: false };
}

const said = ({ reasons }: Explanation) => reasons.map(({ kind, text }) => `${kind}: ${text}`);

test.each([
  [
    'TOKEN_FILE',
    [
      'exported: lea selects the key "token": the secret "token-value/key" is deployed to /run/secrets/vars/per-machine/lea/token-value/key.',
    ],
  ],
  [
    'ACCOUNT',
    ['exported: lea selects the key "account": it is the value of the public file "account-value/key".'],
  ],
  [
    'TOKEN',
    [
      'session-step: A step of the session reads it from the file that TOKEN_FILE names.',
      'secret-file: The key "token" is secret: TOKEN_FILE contains the path of its deployed file.',
    ],
  ],
  [
    'ACCOUNT_URL',
    ['session-step: No key is exported under this name. A step of the session puts it together of ACCOUNT.'],
  ],
])('%s is set', (name, reasons) => {
  const found = explainVariable(around(), 'lea', name);
  expect([found.isSet, said(found)]).toEqual([true, reasons]);
});

test.each([
  [
    'MAIL_PASSWORD_FILE',
    [
      'not-selected: The key "mail" is not selected on lea; it is on tove. Add it to the row "lea" of lib/machine-env-matrix.nix.',
    ],
  ],
  [
    'MAIL_PASSWORD',
    [
      'not-selected: The key "mail" is not selected on lea; it is on tove. It would be MAIL_PASSWORD_FILE. Add it to the row "lea" of lib/machine-env-matrix.nix.',
    ],
  ],
  [
    'LONELY_FILE',
    [
      'not-selected: The key "lonely" is not selected on lea; no machine selects it. Add it to the row "lea" of lib/machine-env-matrix.nix.',
    ],
  ],
  ['SILENT_FILE', ['no-variable: The key "silent" is exported under no name: its `envVar` is null.']],
  ['silent', ['no-variable: The key "silent" is exported under no name: its `envVar` is null.']],
  ['SILENT_VALUE', ['no-variable: The key "silent" is exported under no name: its `envVar` is null.']],
  ['ACCOUNT_FILE', ['public-value: The key "account" is public: its value is in ACCOUNT.']],
  [
    'TWICE_FILE',
    ['clash: The keys "one" and "two" are exported under the same name; only one of them takes effect.'],
  ],
  ['LATER', ['not-certain: "later-value/key" is not generated yet.']],
  [
    'GREETING',
    [
      'step-elsewhere: Only the sessions of tove have a step that sets it. A step of the session puts it together.',
    ],
  ],
  [
    'TOKN_FILE',
    [
      'unknown: No key of lib/secret-registry.nix is exported as "TOKN_FILE", and no step of a session sets it. Did you mean "TOKEN_FILE"?',
    ],
  ],
  [
    'ELSE_ENTIRELY',
    [
      'unknown: No key of lib/secret-registry.nix is exported as "ELSE_ENTIRELY", and no step of a session sets it.',
    ],
  ],
])('%s is not set', (name, reasons) => {
  const found = explainVariable(around(), 'lea', name);
  expect([found.isSet, said(found)]).toEqual([false, reasons]);
});

test('a key stands for its variable', () => {
  expect(explainVariable(around(), 'lea', 'token')).toMatchObject({ variable: 'TOKEN_FILE', isSet: true });
  expect(explainVariable(around(), 'lea', 'mail')).toMatchObject({
    name: 'mail',
    variable: 'MAIL_PASSWORD_FILE',
    isSet: false,
    reasons: [{ kind: 'not-selected', machines: ['tove'], at: { file: 'lib/secret-registry.nix' } }],
  });
});

test('nothing is claimed of a row that is not wholly known', () => {
  expect(said(explainVariable(around(), 'open', 'MAIL_PASSWORD_FILE'))).toEqual([
    'not-certain: It is not known whether open has the key "mail".',
  ]);
});

test('without a registry there are no variables', () => {
  expect(said(explainVariable(around({ 'flake.nix': '{ }' }), 'lea', 'TOKEN'))).toEqual([
    'unknown: There is no registry to define variables.',
  ]);
});

test('steps that the functions of the fleet render count', () => {
  const rendered = around({
    ...FILES,
    'lib/session-vars-spec.nix': '{ shared = [ "A" ]; machines = { tove = [ "B" ]; }; }',
    'lib/extras.nix': `\
{ machine }:
let
  spec = import ./session-vars-spec.nix;
in
{
  bash = toString (map (name: "export \${name}=1\\n") (spec.shared ++ spec.machines.\${machine} or [ ]));
}
`,
  });
  expect(said(explainVariable(rendered, 'lea', 'A'))).toEqual([
    'session-step: No key is exported under this name. lib/extras.nix sets it when a session of bash starts.',
  ]);
  expect(said(explainVariable(rendered, 'lea', 'B'))).toEqual([
    'step-elsewhere: Only the sessions of tove have a step that sets it. lib/extras.nix sets it when a session of bash starts.',
  ]);
});

test('what is absent is listed below the preview, in comments', () => {
  expect(absentText('lea', absentVariables(around(), 'lea'))).toBe(`
# Not set on lea:
#   MAIL_PASSWORD_FILE: The key "mail" is not selected on lea; it is on tove. Add it to the row "lea" of lib/machine-env-matrix.nix.
#   LONELY_FILE: The key "lonely" is not selected on lea; no machine selects it. Add it to the row "lea" of lib/machine-env-matrix.nix.
#   silent: The key "silent" is exported under no name: its \`envVar\` is null.
`);
  expect(absentText('lea', [])).toBe('');
});
