// What sessions add where the fleet's steps have a shape of their own: the fleet's pure functions are evaluated.
import { execFileSync } from 'node:child_process';
import { expect, it, test } from 'vitest';
import { registryOf } from '../../server/src/checks/examples/pipeline-examples.ts';
import { environmentOf } from '../../server/src/editor/environment/environment.ts';
import type { Environment } from '../../server/src/editor/environment/environment-data.ts';
import { environmentText } from '../../server/src/editor/environment/environment-text.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { describeWithNix, evaluate } from '../examples/nix.ts';
import { folder } from '../workspace/support.ts';

type Texts = Readonly<Record<string, string>>;

const engine = await loadEngine();

const SPEC = `\
let
  registry = import ./secret-registry.nix { pkgs = null; };
in
{
  shared = [
    { type = "hydrate"; var = registry.token.envVar; }
    { type = "compose"; var = "ACCOUNT_URL"; template = "https://example.org/\\\${ACCOUNT}/it's \\"q\\""; }
  ];
  machines.tove = [ { type = "hydrate"; var = registry.mail.envVar; } ];
}
`;

const RENDER = `\
{ steps }:
let
  bashStep = s:
    if s.type == "hydrate" then
      "if [ -r \\"\\$\${s.var}_FILE\\" ]; then export \${s.var}=\\"\\$(cat \\"\\$\${s.var}_FILE\\")\\"; fi"
    else if s.type == "compose" then
      "export \${s.var}=\\"\${s.template}\\""
    else
      throw "no step \${s.type}";
  nuStep = s: "\\$env.\${s.var} = (\${s.type})";
in
{
  bash = builtins.concatStringsSep "\\n" (map bashStep steps);
  nu = builtins.concatStringsSep "\\n" (map nuStep steps);
}
`;

const EXTRAS = `\
{ machine }:
let
  spec = import ./session-vars-spec.nix;
  render = import ./session-vars-render.nix { steps = spec.shared ++ (spec.machines.\${machine} or [ ]); };
in
{
  extraSessionVars = render.bash;
  extraNuSessionVars = render.nu;
}
`;

const entry = (key: string, envVar: string) =>
  `  ${key} = mkPromptedSecret {\n    generator = "${key}";\n    envVar = "${envVar}";\n  };\n`;

const PIPELINE: Texts = {
  'lib/secret-registry.nix': registryOf(entry('token', 'TOKEN') + entry('mail', 'MAIL')),
  'lib/machine-env-matrix.nix': '{\n  lea = [ "token" ];\n  tove = [ "token" "mail" ];\n}\n',
  'lib/session-vars-spec.nix': SPEC,
  'lib/session-vars-render.nix': RENDER,
  'lib/machine-session-extras.nix': EXTRAS,
};

function environment(files: Texts, machine = 'lea'): Environment {
  const workspace = createWorkspace({ root: folder(files), engine });
  return environmentOf({ fleet: workspace.fleet(), files: workspace.files, elsewhere: false }, machine);
}

const said = ({ notes }: Environment) => notes.map(({ text }) => text);

const LEA = [
  'if [ -r "$TOKEN_FILE" ]; then export TOKEN="$(cat "$TOKEN_FILE")"; fi',
  'export ACCOUNT_URL="https://example.org/${ACCOUNT}/it\'s "q""',
  '',
].join('\n');
const TOVE_MORE = 'if [ -r "$MAIL_FILE" ]; then export MAIL="$(cat "$MAIL_FILE")"; fi\n';

test('the function of a machine says what its sessions add, for each shell', () => {
  const lea = environment(PIPELINE);
  expect(said(lea)).toEqual([]);
  expect(lea.session?.file).toBe('lib/machine-session-extras.nix');
  expect(environmentText(lea, 'bash')).toBe(
    `export TOKEN_FILE='/run/secrets/vars/per-machine/lea/token/key'\n${LEA}`,
  );
  expect(environmentText(lea, 'nushell')).toBe(
    '$env.TOKEN_FILE = "/run/secrets/vars/per-machine/lea/token/key"\n' +
      '$env.TOKEN = (hydrate)\n$env.ACCOUNT_URL = (compose)\n',
  );
  expect(environmentText(environment(PIPELINE, 'tove'), 'bash').endsWith(LEA + TOVE_MORE)).toBe(true);
});

it.each([
  [
    'a function of the name alone',
    {
      'lib/machine-session-extras.nix': EXTRAS.replace('{ machine }:', 'host:').replace(
        '{machine}',
        '{host}',
      ),
    },
  ],
  [
    'arguments that have defaults, or that everybody knows',
    {
      'lib/machine-session-extras.nix': EXTRAS.replace(
        '{ machine }:',
        '{ name, lib, verbose ? false }:',
      ).replace('{machine}', '{name}'),
    },
  ],
  [
    'a renderer that a module calls by itself',
    {
      'lib/machine-session-extras.nix': '{ }',
      'modules/session.nix': `\
{ config, ... }:
let
  spec = import ../lib/session-vars-spec.nix;
in
{
  environment.extraInit = (import ../lib/session-vars-render.nix { steps = spec.shared ++ spec.machines.\${config.networking.hostName} or [ ]; }).bash;
}
`,
    },
  ],
  [
    'other names of files and functions',
    {
      'lib/session-vars-render.nix': 'throw "not this one"',
      'lib/machine-session-extras.nix': '{ }',
      'lib/zzz.nix': EXTRAS.replace('session-vars-render', 'text-of').replace('extraSessionVars', 'posix'),
      'lib/text-of.nix': RENDER,
    },
  ],
])('is found through %s', (_, files) => {
  const found = environment({ ...PIPELINE, ...files });
  expect(said(found)).toEqual([]);
  expect(environmentText(found, 'bash').endsWith(LEA)).toBe(true);
});

test('what is not known of it is shown as a comment, with what it is', () => {
  const found = environment({
    ...PIPELINE,
    'lib/session-vars-spec.nix': SPEC.replace('"https://example.org/', '"https://${import <secret>}/'),
  });
  expect(said(found)).toEqual([
    'What lib/machine-session-extras.nix adds is only partly known: without Nix, `import <secret>` cannot be determined.',
  ]);
  const [, , ...lines] = environmentText(found, 'bash').split('\n');
  expect(lines).toEqual([
    '# if [ -r "$TOKEN_FILE" ]; then export TOKEN="$(cat "$TOKEN_FILE")"; fi',
    '# export ACCOUNT_URL="https://${import <secret>}/${ACCOUNT}/it\'s "q""',
    '',
  ]);
});

test('a function that refuses a step is said to', () => {
  const found = environment({
    ...PIPELINE,
    'lib/session-vars-spec.nix': SPEC.replace('"compose"', '"guess"'),
  });
  expect(said(found)).toContain('lib/machine-session-extras.nix fails: no step guess');
  expect(environmentText(found, 'bash')).not.toContain('ACCOUNT_URL');
});

test('without a function that makes a text, the steps are said to be unknown', () => {
  const { 'lib/session-vars-render.nix': _, 'lib/machine-session-extras.nix': __, ...rest } = PIPELINE;
  const found = environment(rest);
  expect(found.session).toBe(null);
  expect(said(found)[0]).toContain('A step of the session is not known without Nix.');
});

test('steps that are understood are written as they are, though a function makes a text of the configuration with them', () => {
  const found = environment({
    ...PIPELINE,
    'lib/session-vars-spec.nix': `{ shared = [ { kind = "compose"; name = "X"; parts = [ "x" ]; } ]; machines = { }; }`,
    'lib/machine-session-extras.nix': `\
{ keys }:
config:
let
  spec = import ./session-vars-spec.nix;
in
{
  bash = builtins.toString (map (step: "export \${step.name}=1 # \${config.networking.domain}") spec.shared);
}
`,
  });
  expect([found.session, said(found)]).toEqual([null, []]);
  expect(environmentText(found, 'bash')).toContain("export X='x'\n");
});

test('where files are deployed is known in the configuration', () => {
  const found = environment({
    ...PIPELINE,
    'lib/machine-session-extras.nix': `\
{ keys }:
{ osConfig, ... }:
let
  registry = import ./secret-registry.nix { pkgs = null; };
  spec = import ./session-vars-spec.nix;
  placeOf = key: osConfig.clan.core.vars.generators.\${registry.\${key}.generator}.files.\${registry.\${key}.fileAttr}.path;
in
{
  bash = builtins.concatStringsSep "\\n" (map (key: "export AT_\${key}=\${placeOf key}") keys ++ map (step: "# \${step.var}") spec.shared);
}
`,
  });
  expect(said(found)).toEqual([]);
  expect(found.session?.shells.bash?.text).toBe(
    'export AT_token=/run/secrets/vars/per-machine/lea/token/key\n# TOKEN\n# ACCOUNT_URL',
  );
});

test('a variable that the text sets is not set twice', () => {
  const found = environment({
    ...PIPELINE,
    'lib/machine-session-extras.nix': EXTRAS.replace('{ machine }:', '{ machine }:\nconfig:').replace(
      'render.bash',
      '"export TOKEN_FILE=${config.clan.core.vars.generators.token.files.key.path}\\n${render.bash}"',
    ),
  });
  expect(environmentText(found, 'bash')).toBe(
    `export TOKEN_FILE=/run/secrets/vars/per-machine/lea/token/key\n${LEA}`,
  );
});

test('the name of the machine is known in its configuration', () => {
  const found = environment({
    ...PIPELINE,
    'lib/machine-session-extras.nix': EXTRAS.replace('{ machine }:', '{ config, ... }:').replace(
      '{machine}',
      '{config.clan.core.settings.machine.name}',
    ),
  });
  expect(said(found)).toEqual([]);
  expect(environmentText(found, 'bash').endsWith(LEA)).toBe(true);
});

describeWithNix('real Nix', () => {
  test.each(['lea', 'tove'])('makes the same text for %s', async machine => {
    const root = folder(PIPELINE);
    const expression = `{ root, machine }: import (/. + root + "/lib/machine-session-extras.nix") { inherit machine; }`;
    const made = await evaluate<{ extraSessionVars: string; extraNuSessionVars: string }>(expression, {
      root,
      machine,
    });
    const { session } = environment(PIPELINE, machine);
    expect(session?.shells.bash?.text).toBe(made.extraSessionVars);
    expect(session?.shells.nushell?.text).toBe(made.extraNuSessionVars);
  });
});

test('bash reads the text', () => {
  const text = environmentText(environment(PIPELINE), 'bash');
  const script = `ACCOUNT=me; ${text}printf %s "$ACCOUNT_URL"`;
  expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe("https://example.org/me/it's q");
});
