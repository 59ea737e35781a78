/** generator/ca-key-deployed: the key of a certificate authority is deployed to machines. */

import { addOption } from '../../../edits/edit-bindings.ts';
import type { Generator, GeneratorFile } from '../../../fleet/model/generators.ts';
import type { CommandFact } from '../../../shell/flow/flow-facts.ts';
import { EMPTY, literal, pathOf } from '../../../shell/flow/values.ts';
import { factsOf } from '../../facts/fleet-facts.ts';
import { followed } from '../../facts/followed-scripts.ts';
import { isUsed } from '../../facts/generator/consumers.ts';
import { inBrackets } from '../../facts/wording.ts';
import { inBodies } from '../../memory/per-body.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

function authorityText(key: string): string {
  return `\
{ config, pkgs, ... }:
{
  clan.core.vars.generators.example-ca = {
    share = true;
${key}    files."ca.crt".secret = false;
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl req -x509 -nodes -newkey rsa:4096 -subj /CN=example-ca -addext basicConstraints=critical,CA:TRUE \\
        -keyout "$out/ca.key" -out "$out/ca.crt"
    '';
  };
  security.pki.certificateFiles = [ config.clan.core.vars.generators.example-ca.files."ca.crt".path ];
}
`;
}

export const caKeyDeployed: Rule = {
  id: 'generator/ca-key-deployed',
  severity: 'warning',
  summary: "A certificate authority's key is deployed to machines that do not use it",
  documentation: `\
A generator's script creates a certificate authority or signs with its key, and the key is deployed: every machine
with the generator receives the file, although no module there reads it. An attacker who takes over one of them can
issue certificates for all of them.

Add \`deploy = false\` to the key. Generators that sign with it get it in \`$in\` all the same.

Reported where the script certainly uses the file as an authority's key (\`-CAkey\`, \`--ca-key\`, \`ssh-keygen -s\`,
\`CA:TRUE\`, \`--profile root-ca\`) and nothing in the workspace uses the file. A machine that signs certificates itself,
such as a step-ca server, does use its key.`,
  examples: () => ({
    bad: [
      {
        title: "A root's key on all machines",
        files: {
          'modules/ca.nix': authorityText(
            '    files."ca.key" = { };\n    #     ^^^^^^^^ generator/ca-key-deployed: deploy = false\n',
          ),
        },
      },
    ],
    good: [
      {
        title: 'The key stays with the administrators',
        files: { 'modules/ca.nix': authorityText('    files."ca.key".deploy = false;\n') },
      },
    ],
  }),
  check: function* (context) {
    const { fleet } = context;
    const { generators } = factsOf(fleet);
    const reported = new Set<GeneratorFile>();
    for (const { generator: signer, found } of authorityKeys(context)) {
      for (const key of found) {
        const owners = key.generator === null ? [signer] : (generators.get(key.generator) ?? []);
        for (const generator of owners) {
          const file = deployed(generator, key.file);
          if (file === null || reported.has(file)) continue;
          if (isUsed(fleet, generator.name, file.name)) continue;
          reported.add(file);
          yield reportOf(context, generator, file, signer);
        }
      }
    }
  },
};

const authorityKeys = inBodies((_, { script }) => {
  const flow = followed(script)?.flow;
  if (flow === undefined) return [];
  return flow.commands.flatMap(keysOf);
});

/** A file with an authority's key, from the script itself or from a dependency. */
interface Key {
  readonly generator: string | null;
  readonly file: string;
}

/** Returns the files that a command uses as an authority's key. */
function keysOf(command: CommandFact): Key[] {
  const words = command.arguments.map(argument => literal(argument.value) ?? argument.text);
  const after = (...options: readonly string[]) =>
    words.flatMap((word, index) => (options.includes(word) ? keyAt(command, index + 1) : []));
  switch (command.name) {
    case 'openssl':
      return [
        ...after('-CAkey'),
        ...(words.some(word => /\bCA:TRUE\b/i.test(word)) && words.includes('-x509')
          ? after('-keyout', '-key')
          : []),
      ];
    case 'step': {
      const isAuthority = words.some(
        (word, index) => word === '--profile' && /^(root|intermediate)-ca$/.test(words[index + 1] ?? ''),
      );
      const names = words.flatMap((_, index) =>
        isAuthority && words[0] === 'certificate' && words[1] === 'create' && isPositional(words, index)
          ? [index]
          : [],
      );
      // `step certificate create SUBJECT CERTIFICATE KEY`
      const key = names[4];
      return [...after('--ca-key'), ...(key === undefined ? [] : keyAt(command, key))];
    }
    case 'ssh-keygen':
      return after('-s');
    case 'nebula-cert':
      return [...after('-ca-key'), ...(words[0] === 'ca' ? after('-out-key') : [])];
    default:
      return [];
  }
}

/** Options of step without a value; all others take a word. */
const ALONE: ReadonlySet<string> = new Set(['--no-password', '--insecure', '--force', '-f', '--csr']);

function isPositional(words: readonly string[], index: number): boolean {
  const before = words[index - 1] ?? '';
  if (words[index]?.startsWith('-') === true) return false;
  return !before.startsWith('-') || ALONE.has(before) || before.includes('=');
}

function keyAt({ arguments: words }: CommandFact, index: number): Key[] {
  const argument = words[index];
  if (argument === undefined) return [];
  const path = pathOf(argument.value, EMPTY);
  if (path.root !== 'variable' || path.rest === null || path.rest === '' || path.pattern) return [];
  if (path.variable === 'out') return [{ generator: null, file: path.rest }];
  const [generator, ...rest] = path.rest.split('/');
  if (path.variable !== 'in' || generator === undefined || rest.length === 0) return [];
  return [{ generator, file: rest.join('/') }];
}

function deployed(generator: Generator, name: string): GeneratorFile | null {
  if (generator.nameKind === 'pattern') return null;
  const file = generator
    .body()
    .files.find(generatorFile => generatorFile.name === name && generatorFile.nameKind !== 'pattern');
  return file?.secret === true && file.deploy === true ? file : null;
}

function reportOf(
  { sources }: CheckContext,
  generator: Generator,
  file: GeneratorFile,
  signer: Generator,
): Report {
  const machines = generator.machines ?? [];
  const edit = addOption(sources, file.at, 'deploy = false;');
  const by = signer === generator ? 'its script' : `"${signer.name}"`;
  return {
    at: file.at,
    machines,
    message:
      `"${file.name}" of generator "${generator.name}" is the key of a certificate authority (${by} signs with it) and is deployed${inBrackets(machines)}, where nothing uses it. ` +
      'Keep it off the machines with deploy = false.',
    fixes: edit === null ? [] : [{ title: 'Do not deploy it', edits: [edit], preferred: true, guess: true }],
  };
}
