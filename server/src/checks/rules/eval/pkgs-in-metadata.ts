/** eval/pkgs-in-metadata: a package set is passed where only names are read. */

import { writtenAt } from '../../../edits/edits.ts';
import { bindingAround } from '../../../edits/locate.ts';
import type { Sources } from '../../../edits/text-edit.ts';
import type { RegistryImport } from '../../../fleet/model/registries.ts';
import type { Place } from '../../../nix/places.ts';
import { factsOf } from '../../facts/fleet-facts.ts';
import { perUnit } from '../../memory/per-unit.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

const MATRIX = '{\n  lea = [\n    "anthropic"\n    "gmail"\n  ];\n}\n';

export const pkgsInMetadata: Rule = {
  id: 'eval/pkgs-in-metadata',
  severity: 'warning',
  summary: 'A package set passed to code that reads only names from the registry',
  documentation: `\
A file that reads only metadata (names of generators, variables and files, or paths) imports the registry with a real
\`pkgs\`, or an entry of the registry needs \`pkgs\` for its metadata.

Clan evaluates a machine's vars on the computer that runs its command line. A package set that is passed along makes
it evaluate nixpkgs for the wrong system, which is slow at best and fails at worst. The registry's \`pkgs ? null\`
exists to avoid that.

Import the registry with \`pkgs = null\`, and use \`pkgs\` in an entry for \`runtimeInputs\` and \`script\` only.`,
  examples: ({ hostOf, PIPELINE, registryOf }) => ({
    bad: [
      {
        title: 'A pure reader that passes its package set on',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': MATRIX,
          'lib/session-vars-spec.nix': `\
{ pkgs }:
let
  registry = import ./secret-registry.nix { inherit pkgs; };
  #                                                 ^^^^ eval/pkgs-in-metadata: pkgs = null
in
{
  lea = [ { name = registry.anthropic.envVar; } ];
}
`,
        },
      },
      {
        title: 'A builder that reads names and paths, and no more',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': MATRIX,
          'lib/session-builder.nix': `\
{ osConfig, pkgs, keys }:
let
  registry = import ./secret-registry.nix { inherit pkgs; };
  #                                                 ^^^^ eval/pkgs-in-metadata: pkgs = null
  variableOf =
    entry:
    let
      file = osConfig.clan.core.vars.generators.\${entry.generator}.files.\${entry.fileAttr};
    in
    "export \${entry.envVar}_FILE=\${file.path}";
in
{
  systemd.user.services.session.script = builtins.concatStringsSep "\\n" (
    map (key: variableOf registry.\${key}) keys
  );
}
`,
        },
      },
      {
        title: 'Metadata that needs packages',
        files: {
          'lib/secret-registry.nix': registryOf(`\
  anthropic = mkPromptedSecret {
    generator = "anthropic-\${pkgs.hello.version}";
    #           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ eval/pkgs-in-metadata
    envVar = "ANTHROPIC_API_KEY";
  };
`),
          'lib/machine-env-matrix.nix': '{\n  lea = [ "anthropic" ];\n}\n',
        },
      },
    ],
    good: [
      {
        title: 'Generators made of the entries',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': MATRIX,
          'machines/lea/configuration.nix': hostOf('lea'),
        },
      },
      {
        title: 'Read without packages',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': MATRIX,
          'lib/session-vars-spec.nix': `\
let
  registry = import ./secret-registry.nix { pkgs = null; };
in
{
  lea = [ { name = registry.anthropic.envVar; } ];
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    for (const registry of context.fleet.registries)
      for (const key of registry.keys)
        for (const needed of key.needsPkgs)
          yield {
            at: needed.at,
            message: `The metadata of "${key.key}" (${needed.value}) needs pkgs, but is read without it. Use pkgs in runtimeInputs and script only.`,
          };
    yield* imports(context);
  },
};

const imports = perUnit(function* (unit, context) {
  if (unit.makesGenerators) return;
  for (const read of unit.registryImports)
    if (read.pkgsAt !== null) yield reportImport(context, read, read.pkgsAt);
});

function reportImport({ fleet, sources }: CheckContext, read: RegistryImport, at: Place): Report {
  const registry = factsOf(fleet).registries.get(read.registry)?.registry;
  const needed = registry === undefined || registry.keys.some(key => key.needsPkgs.length > 0);
  const fix = needed ? null : withoutPackages(sources, at);
  return {
    at,
    message: `Only metadata of ${read.registry} is read here, so it needs no package set. Import it with pkgs = null.`,
    fixes: fix === null ? [] : [fix],
  };
}

/** Returns the fix that writes `pkgs = null` for `pkgs = …` or `inherit pkgs`. */
function withoutPackages(sources: Sources, at: Place): Fix | null {
  const file = sources.parse(at.file);
  const bound = file === null ? null : bindingAround(file, at);
  if (file === null || bound === null) return null;
  const { binding } = bound;
  const title = 'Import the registry with pkgs = null';
  if (binding.kind === 'bind') {
    const name = binding.path[0];
    if (binding.path.length !== 1 || name?.kind !== 'name' || name.name !== 'pkgs') return null;
    // Replaces everything between `=` and `;`, with or without parentheses.
    const written = writtenAt(sources, { file: file.path, start: name.end, end: binding.end });
    if (written === null || !written.endsWith(';')) return null;
    return {
      title,
      preferred: true,
      edits: [{ file: file.path, start: name.end, end: binding.end, text: ' = null;' }],
    };
  }
  const others = binding.names.filter(name => name.kind !== 'name' || name.name !== 'pkgs');
  if (binding.from !== null || others.length === binding.names.length) return null;
  const rest = others.map(name => file.text.slice(name.start, name.end)).join(' ');
  const text = others.length === 0 ? 'pkgs = null;' : `inherit ${rest}; pkgs = null;`;
  return {
    title,
    preferred: true,
    edits: [{ file: file.path, start: binding.start, end: binding.end, text }],
  };
}
