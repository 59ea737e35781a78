/** eval/generators-in-imports: generators that reach a machine through `imports`. */

import type { Sources } from '../../../edits/text-edit.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { AppliedImport } from '../../../fleet/model/uses.ts';
import type { FailingCall } from '../../../modules/import-items.ts';
import { importsExamples } from '../../examples/imports-examples.ts';
import { circularImports } from '../../facts/eval/circular-import-reports.ts';
import { moveToBody } from '../../facts/eval/move-to-body.ts';
import { inUnits } from '../../memory/per-unit.ts';
import type { Report, Rule } from '../../rule.ts';

export const generatorsInImports: Rule = {
  id: 'eval/generators-in-imports',
  severity: 'error',
  summary: 'Generators created inside `imports`, or imports that depend on the configuration',
  documentation: `\
Generators, or something derived from them, are made by applying a function inside \`imports\`
(\`importApply ./vars-generators.nix { … }\`). How and where the application is written makes no difference: Varsmith
evaluates \`imports\`, following names, lists, functions, conditions and other files. Reported for modules whose
generators come from a registry; generators that a module declares itself, or that are only assigned in the body, are
harmless, and so is a function that makes a host's module from constants.

The module system has to know all imports before there is a configuration. Clan reads \`clan.core.vars.generators\` of
every machine through \`clanInternals\`; to do so it must know the imports, and to know the imports it must evaluate the
generators. When the command line runs on a different architecture than the machine, evaluation ends with
\`infinite recursion encountered\`. This is an error in a fleet with several architectures, and a warning in others,
where it works until a machine of another architecture is added.

Compute the generators in a \`let\` and assign them in the module's body:
\`clan.core.vars.generators = varsGenerators;\`.

Imports cause the same recursion, on every architecture, if they depend on the configuration itself
(\`imports = lib.optional config.services.web.enable ./web.nix\`, or on \`config.clan.core.vars.generators\`), on \`pkgs\`,
which the configuration makes unless \`specialArgs\` passes it, or on an argument from \`_module.args\`, which is part of
the configuration. Import the module unconditionally, and move the condition into it with \`lib.mkIf\`. The same holds for
the *names* of the options that a module sets (\`config = lib.optionalAttrs pkgs.stdenv.isLinux { … }\`): use
\`lib.mkIf\` there. Values that a module assigns to options may depend on the configuration.

Forms as Nix 2.26 and nixpkgs' \`lib.evalModules\` evaluate them, with what is reported:

| form | Nix | reported |
|---|---|---|
| \`imports = [ (import ./host.nix "brig") ]\`, whose module assigns generators in its body | evaluates | nothing |
| the same by a function \`mkHost\`, with \`map\`, or as a module in place | evaluates | nothing |
| \`importApply ./host.nix { hostName = "brig"; }\` | evaluates | information |
| either of them with \`pkgs\`, \`config\`, keys or another argument of modules | evaluates on one architecture, as long as only the body needs them | warning; in a mixed fleet error |
| \`importApply ./vars-generators.nix { … }\`, a set of generators as a module | option does not exist | warning; in a mixed fleet error |
| \`imports = if pkgs.stdenv.isLinux then … else …\`, \`lib.optionals pkgs.stdenv.isDarwin …\`, \`pkgs.lib.optional …\` | infinite recursion | error |
| the same with \`pkgs\` in \`specialArgs\` | evaluates | nothing |
| \`{ pkgs, ... }: if pkgs.stdenv.isLinux then { … } else { … }\` | infinite recursion | error |
| \`config = lib.optionalAttrs config.a.enable { … }\`, also inside of \`mkMerge\`, \`mkIf\`, \`mkForce\` | infinite recursion | error |
| \`config = lib.optionalAttrs (options ? services.x) { … }\` | evaluates | nothing |
| \`config = lib.mkIf pkgs.stdenv.isLinux { … }\`, \`services = lib.optionalAttrs config.a.enable { … }\` | evaluates | nothing |`,
  examples: importsExamples,
  check: function* ({ fleet, sources }) {
    const mixed = isMixed(fleet);
    for (const appliedImport of applied(fleet)) yield reportOf(sources, appliedImport, mixed);
    yield* circularImports(fleet);
  },
};

const applied = inUnits(({ appliedImports }) => appliedImports);

function reportOf(sources: Sources, applied: AppliedImport, mixed: boolean): Report {
  if (applied.isConstant && applied.fails === null) return houseRule(applied);
  const fix = moveToBody(sources, applied);
  const failing = applied.fails === null ? '' : ` The call fails besides: ${whyFailing(applied.fails)}.`;
  return {
    at: applied.at,
    message: `${messageOf(applied, mixed)}${failing}`,
    severity: mixed || applied.fails !== null ? 'error' : 'warning',
    related: applied.madeAt === null ? [] : [{ at: applied.madeAt, message: 'It is made here' }],
    fixes: fix === null ? [] : [fix],
  };
}

/** Reports a module that evaluates well, but is made in the way that the rule of the house reserves for other modules. */
function houseRule({ at }: AppliedImport): Report {
  return {
    at,
    message:
      'A module that assigns generators is made by importApply. It evaluates, since it is given constants only. Import it by its ' +
      'path, or apply it with `import`, so that keys, pkgs and config stay out of imports.',
    severity: 'info',
  };
}

function whyFailing({ kind, name }: FailingCall): string {
  switch (kind) {
    case 'missing-argument':
      return `the function asks for the argument "${name}", which is not passed`;
    case 'unexpected-argument':
      return `the function is passed the argument "${name}", which it does not take`;
    case 'missing-function':
      return `lib has no ${name}; it is lib.modules.${name}`;
  }
}

function messageOf(applied: AppliedImport, mixed: boolean): string {
  const what = {
    generators: 'Generators are created inside imports',
    module: 'A module that assigns generators is made inside imports',
    arguments: 'A module inside imports is made from generators',
  }[applied.provides];
  const where = mixed
    ? 'clan vars and clan machines update end in infinite recursion when they run on another architecture'
    : 'it ends in infinite recursion as soon as the fleet has machines of another architecture';
  return `${what}: ${where}. Assign clan.core.vars.generators in the body of the module.`;
}

/** Returns whether the fleet has machines of both classes, or of several processors or operating systems. */
function isMixed({ machines }: Fleet): boolean {
  const classes = new Set(machines.flatMap(machine => machine.class ?? []));
  const systems = new Set(machines.flatMap(machine => machine.system ?? []));
  return classes.size > 1 || systems.size > 1;
}
