/** registry/duplicate-generator: two keys have the same generator name. */

import type { GeneratorBody } from '../../../fleet/model/generators.ts';
import type { Registry, RegistryKey } from '../../../fleet/model/registries.ts';
import { fieldPlace } from '../../facts/fleet-facts.ts';
import type { Report, Rule } from '../../rule.ts';

export const duplicateGenerator: Rule = {
  id: 'registry/duplicate-generator',
  severity: 'error',
  isEarly: true,
  summary: 'Two registry keys with the same generator name',
  documentation: `\
Two entries have the same \`generator\`. The generators function turns the list of entries into a set with
\`builtins.listToAttrs\`, which keeps the first of two equal names and silently drops the other.

A machine that selects both keys is asked for one secret only, and both environment variables and both accessors
lead to the same file.

Give the second entry a generator name of its own. Two entries for two files of one generator are fine: their
\`files\`, \`script\` and \`prompts\` are the same, and their \`fileAttr\` differs.`,
  examples: ({ registryOf }) => ({
    bad: [
      {
        title: 'A copied entry with the old name',
        files: {
          'lib/secret-registry.nix': registryOf(`\
  deepseek = mkPromptedSecret {
    generator = "deepseek-api-key";
    envVar = "DEEPSEEK_API_KEY";
  };
  hindsight = mkPromptedSecret {
    generator = "deepseek-api-key";
    #           ^^^^^^^^^^^^^^^^^^ registry/duplicate-generator: "deepseek" and "hindsight"
    envVar = "HINDSIGHT_API_KEY";
  };
`),
          'lib/machine-env-matrix.nix': '{\n  emily = [ "deepseek" "hindsight" ];\n}\n',
        },
      },
    ],
    good: [
      {
        title: 'Each entry has a generator of its own',
        files: {
          'lib/secret-registry.nix': registryOf(`\
  deepseek = mkPromptedSecret {
    generator = "deepseek-api-key";
    envVar = "DEEPSEEK_API_KEY";
  };
  hindsight = mkPromptedSecret {
    generator = "hindsight-api-key";
    envVar = "HINDSIGHT_API_KEY";
  };
`),
          'lib/machine-env-matrix.nix': '{\n  emily = [ "deepseek" "hindsight" ];\n}\n',
        },
      },
      {
        title: 'Two files of one generator',
        files: {
          'lib/secret-registry.nix': `\
{ pkgs ? null }:
let
  wireguard = {
    generator = "wireguard";
    files.private.secret = true;
    files.public.secret = false;
    script = ''
      wg genkey > "$out/private"
      wg pubkey < "$out/private" > "$out/public"
    '';
  };
in
{
  wireguard = wireguard // { envVar = null; fileAttr = "private"; secret = true; };
  wireguard-public = wireguard // { envVar = "WG_PUBLIC"; fileAttr = "public"; secret = false; };
}
`,
          'lib/machine-env-matrix.nix': '{\n  emily = [ "wireguard" "wireguard-public" ];\n}\n',
        },
      },
    ],
  }),
  check: function* ({ fleet }) {
    for (const registry of fleet.registries) yield* duplicatesOf(registry);
  },
};

function* duplicatesOf(registry: Registry): Iterable<Report> {
  const first = new Map<string, RegistryKey>();
  for (const key of registry.keys) {
    if (key.generator === null) continue;
    const name = key.generator.value;
    const other = first.get(name);
    if (other === undefined) first.set(name, key);
    else if (!areFilesOfOne(other, key)) {
      yield {
        at: fieldPlace(key, key.generator),
        message:
          `The keys "${other.key}" and "${key.key}" have the same generator "${name}"; ` +
          `only the one of "${other.key}" is kept. Give "${key.key}" a name of its own.`,
        related: [
          { at: fieldPlace(other, other.generator ?? other), message: `"${name}" is used here first` },
        ],
      };
    }
  }
}

/** Returns whether two keys refer to two files of the same generator. */
function areFilesOfOne(a: RegistryKey, b: RegistryKey): boolean {
  if (a.fileAttr === null || b.fileAttr === null || a.fileAttr.value === b.fileAttr.value) return false;
  return describe(a.body) === describe(b.body);
}

/** Describes what two equal bodies have in common. */
function describe(body: GeneratorBody): string {
  return JSON.stringify([
    body.files
      .map(file => [file.name, file.secret, file.deploy, file.owner, file.mode, file.neededFor])
      .sort(),
    body.prompts.map(prompt => [prompt.name, prompt.type, prompt.description, prompt.persist]).sort(),
    body.script?.text ?? null,
    body.share,
    body.dependencies.map(dependency => dependency.value),
  ]);
}
