import { inUnits } from '../../memory/per-unit.ts';
import type { Rule } from '../../rule.ts';

const MATRIX = '{\n  lea = [\n    "anthropic"\n    "gmail"\n  ];\n}\n';

export const pathInLet: Rule = {
  id: 'eval/path-in-let',
  severity: 'warning',
  summary: "Session variables built from a generator's path in a machine's `let`",
  documentation: `\
A machine's module builds session variables in its \`let\` and reads the \`.path\` of generators' files there, itself or
by calling a function of another file that does.

A \`let\` in a machine's module is evaluated with the machine's module tree, even when Clan evaluates the fleet from
another architecture or before \`clan vars generate\` has run. The path may not exist at that point, and the whole
evaluation fails.

Build session variables in a module of the user environment (Hjem, home-manager), from \`osConfig\`: that module is
evaluated for the machine itself. Checked only in workspaces with a registry, because only they are affected.`,
  examples: ({ hostOf, PIPELINE }) => ({
    bad: [
      {
        title: 'Built in the `let`',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': MATRIX,
          'machines/lea/configuration.nix': hostOf(
            'lea',
            '  environment.variables = sessionVariables;\n',
            `\
  sessionVariables = {
# ^^^^^^^^^^^^^^^^ eval/path-in-let
    ANTHROPIC_API_KEY_FILE = config.clan.core.vars.generators.anthropic-api-key.files.key.path;
  };
`,
          ),
        },
      },
      {
        title: 'Built by a function of another file, which reads the paths',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': MATRIX,
          'lib/session-builder.nix': `\
{ config, keys }:
let
  registry = import ./secret-registry.nix { pkgs = null; };
  generators = config.clan.core.vars.generators;
in
builtins.listToAttrs (
  map (key: {
    name = "\${registry.\${key}.envVar}_FILE";
    value = generators.\${registry.\${key}.generator}.files.\${registry.\${key}.fileAttr}.path;
  }) keys
)
`,
          'machines/lea/configuration.nix': hostOf(
            'lea',
            '  environment.variables = sessionVariables;\n',
            `\
  builder = import ../../lib/session-builder.nix;
  sessionVariables = builder {
# ^^^^^^^^^^^^^^^^ eval/path-in-let
    inherit config;
    keys = envMatrix.lea;
  };
`,
          ),
        },
      },
    ],
    good: [
      {
        title: 'Built in a module of the user environment',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': MATRIX,
          'machines/lea/configuration.nix': hostOf(
            'lea',
            '  hjem.users.ada.imports = [ ../../modules/session.nix ];\n',
          ),
          'modules/session.nix': `\
{ osConfig, ... }:
{
  environment.sessionVariables.ANTHROPIC_API_KEY_FILE =
    osConfig.clan.core.vars.generators.anthropic-api-key.files.key.path;
}
`,
        },
      },
    ],
  }),
  check: function* ({ fleet }) {
    if (fleet.registries.length === 0) return;
    for (const binding of readings(fleet))
      yield {
        at: binding.at,
        message:
          `"${binding.name}" reads a generator's path in the let of a machine, which fails when the fleet is looked ` +
          'at from another architecture. Build session variables in a module of the user environment, from osConfig.',
        related: binding.reads.map(at => ({ at, message: 'The path is read here' })),
      };
  },
};

const readings = inUnits(({ sessionBindings }) => sessionBindings.filter(({ reads }) => reads.length > 0));
