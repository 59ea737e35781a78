/** eval/generators-in-imports: generators that reach a machine through `imports`. */

import type { AppliedImport, Fleet } from '../../fleet/model.ts';
import { hostOf, PIPELINE } from '../examples.ts';
import { inUnits } from '../memory/per-unit.ts';
import type { Report, Rule } from '../rule.ts';
import { circularImports } from './circular-imports.ts';
import { moveToBody } from './move-to-body.ts';

const MATRIX = '{\n  emily = [\n    "anthropic"\n    "gmail"\n  ];\n}\n';

const flakeOf = (machines: string) => `\
{
  outputs =
    { self, clan-core, ... }:
    clan-core.lib.clan {
      inherit self;
      inventory.machines = {
        ${machines}
      };
    };
}
`;

const IN_IMPORTS = `\
{ lib, pkgs, ... }:
let
  envMatrix = import ../../lib/machine-env-matrix.nix;
in
{
  imports = [
    ./hardware.nix
    (lib.modules.importApply ../../lib/vars-generators.nix {
    #^> eval/generators-in-imports
      keys = envMatrix.emily;
      inherit pkgs;
    })
  ];
  nixpkgs.hostPlatform = "aarch64-darwin";
}
`;

export const generatorsInImports: Rule = {
  id: 'eval/generators-in-imports',
  severity: 'error',
  summary: 'Generators brought in through `imports`, or imports that depend on the configuration',
  documentation: `\
Generators, or something derived from them, are made by applying a function inside \`imports\`
(\`importApply ./vars-generators.nix { … }\`).

The module system has to know all imports before there is a configuration. Clan reads
\`clan.core.vars.generators\` of every machine through \`clanInternals\`; to answer, it must know the imports, and to
know the imports it must evaluate the generators. When the command line runs on another architecture than the
machine, this closes into \`infinite recursion encountered\`. So it is an error in a fleet of mixed architectures, and
a warning in others, where it works until the first machine of another kind joins.

Compute the generators in a \`let\` and assign them in the module's body:
\`clan.core.vars.generators = varsGenerators;\`.

The same circle is closed, on every architecture, by imports that depend on the configuration itself
(\`imports = lib.optional config.services.web.enable ./web.nix\`, or on \`config.clan.core.vars.generators\`). Import the
module always, and put the condition into it with \`lib.mkIf\`. What a module only reads below its own options may
depend on whatever it likes.`,
  bad: [
    {
      title: 'A module made by applying the generators function, in a mixed fleet',
      files: {
        ...PIPELINE,
        'lib/machine-env-matrix.nix': MATRIX,
        'flake.nix': flakeOf('emily.machineClass = "darwin";\n        lea.machineClass = "nixos";'),
        'machines/emily/hardware.nix': '{ }\n',
        'machines/emily/configuration.nix': IN_IMPORTS,
      },
    },
    {
      title: 'Imports that depend on the configuration',
      files: {
        'flake.nix': flakeOf('lea = { };'),
        'machines/lea/web.nix': '{ }\n',
        'machines/lea/configuration.nix': `\
{ config, lib, ... }:
{
  imports = lib.optional (config.clan.core.vars.generators ? web) ./web.nix;
  #                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ eval/generators-in-imports: (machine lea)
}
`,
      },
    },
  ],
  good: [
    {
      title: 'Assigned in the body',
      files: {
        ...PIPELINE,
        'lib/machine-env-matrix.nix': MATRIX,
        'machines/emily/configuration.nix': hostOf('emily'),
      },
    },
    {
      title: 'A condition inside of the module that is imported',
      files: {
        'flake.nix': flakeOf('lea = { };'),
        'machines/lea/web.nix': `\
{ config, lib, ... }:
{
  config = lib.mkIf config.services.nginx.enable { networking.firewall.allowedTCPPorts = [ 443 ]; };
}
`,
        'machines/lea/configuration.nix': '{\n  imports = [ ./web.nix ];\n}\n',
      },
    },
  ],
  check: function* ({ fleet, sources }) {
    const mixed = isMixed(fleet);
    for (const one of applied(fleet)) {
      const fix = moveToBody(sources, one);
      yield {
        at: one.at,
        message: messageOf(one, mixed),
        severity: mixed ? 'error' : 'warning',
        fixes: fix === null ? [] : [fix],
      } satisfies Report;
    }
    yield* circularImports(fleet);
  },
};

const applied = inUnits(({ appliedImports }) => appliedImports);

function messageOf(applied: AppliedImport, mixed: boolean): string {
  const what = {
    generators: 'Generators are brought in through imports',
    module: 'A module that assigns generators is made inside imports',
    arguments: 'A module inside imports is made from generators',
  }[applied.brings];
  const where = mixed
    ? 'clan vars and clan machines update end in infinite recursion when they run on another architecture'
    : 'it ends in infinite recursion as soon as the fleet has machines of another architecture';
  return `${what}: ${where}. Assign clan.core.vars.generators in the body of the module.`;
}

/** Machines of both classes, or of more than one processor or operating system. */
function isMixed({ machines }: Fleet): boolean {
  const classes = new Set(machines.flatMap(machine => machine.class ?? []));
  const systems = new Set(machines.flatMap(machine => machine.system ?? []));
  return classes.size > 1 || systems.size > 1;
}
