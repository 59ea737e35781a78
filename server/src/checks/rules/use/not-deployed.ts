/** use/not-deployed: a machine uses the path of a file that is never deployed to it. */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { SourceFile } from '../../../nix/source.ts';
import { factsOf } from '../../facts/fleet-facts.ts';
import { fileText, machinesAt, type ResolvedUse, usedFile } from '../../facts/use/used-file.ts';
import { isInGenerator, optionInModule, type ValuePath, valuePathsFrom } from '../../facts/use/value-flow.ts';
import { perUnit } from '../../memory/per-unit.ts';
import type { Report, Rule } from '../../rule.ts';

const moduleWith = (file: string, mark = '') => `\
{ config, pkgs, ... }:
{
  clan.core.vars.generators.ca = {
    files."ca.key" = ${file};
    files."ca.crt".secret = false;
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl req -x509 -nodes -newkey ed25519 -subj /CN=ours -keyout "$out/ca.key" -out "$out/ca.crt"
    '';
  };
  services.step-ca.settings.key = config.clan.core.vars.generators.ca.files."ca.key".path;
${mark}}
`;

export const notDeployed: Rule = {
  id: 'use/not-deployed',
  severity: 'warning',
  summary: 'The path of a file that is never deployed',
  documentation: `\
A machine's configuration reads the \`.path\` of a secret that is declared with \`deploy = false\`.

Such a file stays with the admins: no machine receives it or can decrypt it. Its \`.path\` refers to a file that does
not exist (with sops it is \`/no-such-path\`), and the program that uses it fails when it runs.

Files needed for partitioning or activation are uploaded by the admin nevertheless, so they are reported only with the
backend \`age\`, which does not do this.

Remove \`deploy = false\` if the machine needs the file; otherwise use what the generator derives from it for the
machines (a certificate, a public key), or read it in the script of another generator, where it is at
\`$in/<generator>/<file>\`.

Not reported under a condition, inside generators, or in files that belong to no machine.

Source: clan-core, nixosModules/clanCore/vars/secret/sops/default.nix and clan_lib/vars/secret_modules.`,
  examples: () => ({
    bad: [
      {
        title: 'The key of a certificate authority that stays with the admins',
        files: {
          'modules/ca.nix': moduleWith(
            '{ deploy = false; }',
            '  #                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ use/not-deployed: deploy = false\n',
          ),
        },
      },
    ],
    good: [
      { title: 'The machine gets the key', files: { 'modules/ca.nix': moduleWith('{ }') } },
      {
        title: 'A public file is in the store, deployed or not',
        files: {
          'modules/ca.nix': `\
{ config, pkgs, ... }:
{
  clan.core.vars.generators.motd = {
    files.text = { deploy = false; secret = false; };
    script = ''
      echo "Welcome!" > "$out/text"
    '';
  };
  environment.etc.motd.source = config.clan.core.vars.generators.motd.files.text.path;
}
`,
        },
      },
    ],
  }),
  check: perUnit(function* (unit, { fleet, sources }) {
    const facts = factsOf(fleet);
    for (const use of unit.uses) {
      if (
        use.attribute !== 'path' ||
        use.by === 'name' ||
        (use.guarded && !use.assumesGenerator) ||
        use.at.file !== unit.file
      )
        continue;
      const file = usedFile(facts, use);
      if (file?.secret !== true || file.deploy !== false || mayBeUploaded(fleet, { unit, use, file }))
        continue;
      const source = sources.parse(unit.file);
      const knownUse = { unit, use, file };
      if (source !== null && valuePathsFrom(source, use.at).some(way => isOnMachine(source, way, knownUse)))
        yield reportOf(fleet, knownUse);
    }
  }),
};

/** Returns whether the file may reach a machine undeployed: all backends but age upload what early phases need. */
function mayBeUploaded(fleet: Fleet, use: ResolvedUse): boolean {
  const { neededFor } = use.file;
  if (neededFor === 'services' || neededFor === 'users') return false;
  if (neededFor === null) return true;
  const machines = machinesAt(fleet, use);
  return machines.length === 0 || machines.some(machine => fleet.storeSettings.of(machine) !== 'age');
}

/** Flake outputs other than machines, commands for administrators, and options that only mention a path. */
const ELSEWHERE = new Set([
  'packages',
  'legacyPackages',
  'apps',
  'devShells',
  'checks',
  'perSystem',
  'build',
  'assertions',
  'warnings',
  'description',
  'example',
  'default',
  'defaultText',
  'options',
]);

function isOnMachine(source: SourceFile, way: ValuePath, use: ResolvedUse): boolean {
  const option = optionInModule(way);
  if (option.length < 2 || isInGenerator(way) || option.some(name => ELSEWHERE.has(name))) return false;
  return way.steps.every(step => step.kind !== 'condition' || isAroundDefinition(source, step.at, use));
}

/** Returns whether the generator's definition is under the same condition, so that both exist together. */
function isAroundDefinition(
  source: SourceFile,
  at: { readonly start: number; readonly end: number },
  { file }: ResolvedUse,
): boolean {
  return file.declared.some(
    declared =>
      declared.at.file === source.path && at.start <= declared.at.start && declared.at.end <= at.end,
  );
}

function reportOf(fleet: Fleet, knownUse: ResolvedUse): Report {
  const { use, file } = knownUse;
  return {
    at: use.at,
    message:
      `T${fileText(use).slice(1)} has deploy = false: no machine ever gets it, and there is no file at its .path. ` +
      'Deploy it, or use what the generator derives from it for the machines.',
    machines: machinesAt(fleet, knownUse),
    related: file.declared.map(({ at }) => ({ at, message: 'The file is declared here' })),
  };
}
