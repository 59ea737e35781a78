/** option/undeclared: one of the fleet's own options is not declared by any module of a machine. */
import { replaceName } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import { sortedUnique } from '../../../std.ts';
import {
  declaredIn,
  isMisfit,
  ownProblems,
  type ProblemOnMachines,
} from '../../facts/option/undeclared-options.ts';
import { inBrackets, joined } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const undeclared: Rule = {
  id: 'option/undeclared',
  severity: 'error',
  summary: "An option of the fleet's own that no module of the machine declares",
  documentation: `\
Where the modules of a fleet declare options below a name of their own (\`options.custom.web.port\`), a machine may
define and read what its own modules declare, and nothing else below that name: with a typo (\`custom.web.prot\`), or
where the module that declares the option is not among its imports, evaluation ends with
\`The option … does not exist\`. Reading such an option ends with \`attribute … missing\` as soon as the value is needed.
Moving a definition under \`mkIf\` does not help: the module system checks the names first.

This is an error if all modules of the machine are known. If some are not, or if a condition may keep the option from
being read, only likely typos and options that are declared nowhere are reported, as warnings. Not reported for
options below names that NixOS, nix-darwin or a well-known flake has as well, of reads with a fallback (\`or\`, \`?\`),
and of options below a \`freeformType\`. Modules of home-manager have options of their own and are not checked.`,
  examples: ({ FLEET }) => ({
    bad: [
      {
        title: 'Typos',
        files: {
          ...FLEET,
          'hosts/server.nix': `\
{ config, ... }:
{
  custom.web.enable = true;
  custom.web.prot = 8080;
  #          ^^^^ option/undeclared: Did you mean "port"?
  custom.mail.enable = true;
  #      ^^^^ option/undeclared: The option "custom.mail" does not exist (machine server)
  networking.firewall.allowedTCPPorts = [ config.custom.web.prt ];
  #                                                         ^^^ option/undeclared: Did you mean "port"?
}
`,
        },
      },
      {
        title: 'A module that the machine does not import',
        files: {
          ...FLEET,
          'flake.nix': `\
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.server = nixpkgs.lib.nixosSystem { modules = [ ./hosts/server.nix ./modules/web.nix ]; };
    nixosConfigurations.laptop = nixpkgs.lib.nixosSystem { modules = [ ./hosts/laptop.nix ]; };
  };
}
`,
          'hosts/laptop.nix': `\
{
  custom.web.enable = false;
# ^^^^^^ option/undeclared: declared in modules/web.nix, which laptop does not import
}
`,
        },
      },
    ],
    good: [
      {
        title: 'What the modules declare',
        files: {
          ...FLEET,
          'hosts/server.nix': `\
{ config, lib, ... }:
{
  custom.web = {
    enable = true;
    port = lib.mkForce 8080;
    sites."a.example".root = "/srv/a";
  };
  networking.firewall.allowedTCPPorts = [ config.custom.web.port ];
  environment.etc.mail.text = config.custom.mail.text or "";
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    for (const ownProblem of ownProblems(context.fleet)) {
      const report = isMisfit(ownProblem.problem) ? null : reportOf(context, ownProblem);
      if (report !== null) yield report;
    }
  },
};

function reportOf(
  { fleet, sources }: CheckContext,
  { problem, certain, likely }: ProblemOnMachines,
): Report | null {
  if (isMisfit(problem)) return null;
  const { path, at, known } = problem;
  const options = fleet.options;
  const name = path.at(-1) ?? '';
  const meant = suggest(name, known);
  const elsewhere = declaredIn(options, path);
  const isSure = certain.length > 0;
  // An unknown module may declare anything that is declared elsewhere.
  if (!isSure && (elsewhere.length > 0 || meant === null || options.mayDeclare(name))) return null;
  const machines = sortedUnique(isSure ? certain : likely);
  const edit = meant === null || elsewhere.length > 0 ? null : replaceName(sources, at, name, meant);
  const where =
    elsewhere.length === 0
      ? didYouMean(meant)
      : ` It is declared in ${joined(elsewhere)}, which ${joined(machines)} ${machines.length === 1 ? 'does' : 'do'} not import.`;
  return {
    at,
    machines,
    ...(isSure ? {} : { severity: 'warning' as const }),
    message: `The option "${path.join('.')}" does not exist${inBrackets(machines)}.${where}`,
    fixes:
      edit === null
        ? []
        : [{ title: `Replace with "${meant}"`, edits: [edit], preferred: true, guess: true }],
  };
}
