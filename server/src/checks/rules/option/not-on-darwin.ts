/** option/not-on-darwin: a secret that is never deployed to a Mac. */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator, WrittenOption } from '../../../fleet/model/generators.ts';
import type { StoreSetting } from '../../../fleet/model/secrets.ts';
import { factsOf, firstTime } from '../../facts/fleet-facts.ts';
import { isOtherClanCore } from '../../facts/inventory/clan-core-version.ts';
import { optionsWhere, optionText } from '../../facts/option/written-generator-options.ts';
import { inBrackets, machinesText } from '../../facts/wording.ts';
import type { Report, Rule } from '../../rule.ts';

export const notOnDarwin: Rule = {
  id: 'option/not-on-darwin',
  severity: 'warning',
  summary: 'A secret that never reaches a machine with macOS',
  documentation: `\
Some features that clan has on NixOS do not exist on macOS, and evaluation does not report it: the secret has a path,
but the file is never created.

* \`neededFor = "partitioning"\`: such secrets are deployed while a machine is installed and its disk is partitioned; clan
  installs NixOS alone.
* \`neededFor = "users"\` with the backend \`age\`: on macOS a daemon decrypts the secrets of services, and nothing decrypts those of users.
* The backend \`password-store\`: secrets are unpacked at activation and at boot on NixOS, and never on macOS.

The first two are reported where all machines that have the generator run macOS.

Source: clan-core d7c35d912, nixosModules/clanCore/vars/secret/{age,password-store}.nix.`,
  examples: () => ({
    bad: [
      {
        title: 'A secret for a disk that is never partitioned',
        files: {
          'clan.nix': '{ inventory.machines.mac.machineClass = "darwin"; }\n',
          'machines/mac/configuration.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.disk = {
    files.key.neededFor = "partitioning";
    #                     ^^^^^^^^^^^^^^ option/not-on-darwin: (machine mac)
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 32 | tr -d '\\n' > "$out/key"
    '';
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'A secret of services',
        files: {
          'clan.nix': '{ inventory.machines.mac.machineClass = "darwin"; }\n',
          'machines/mac/configuration.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.api = {
    files.key.neededFor = "services";
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 32 | tr -d '\\n' > "$out/key"
    '';
  };
}
`,
        },
      },
    ],
  }),
  check: function* ({ fleet, sources }) {
    const hasMacs = fleet.machines.some(machine => machine.class === 'darwin');
    if (!fleet.isClan || !hasMacs || isOtherClanCore(sources)) return;
    const isNew = firstTime();
    for (const { generator, judged } of phases(fleet)) {
      const machines = macsOf(fleet, generator);
      if (machines.length === 0) continue;
      for (const option of judged) {
        const report = reportOf(fleet, machines, option);
        if (report !== null && isNew(report)) yield report;
      }
    }
    for (const setting of fleet.storeSettings.all) {
      const report = storeReport(fleet, setting);
      if (report !== null && isNew(report)) yield report;
    }
  },
};

const phases = optionsWhere(
  ({ of, name, value, conditional }) =>
    of === 'file' &&
    name === 'neededFor' &&
    !conditional &&
    value.kind === 'plain' &&
    (value.value === 'partitioning' || value.value === 'users'),
);

/** Returns the machines that have the generator if all of them are known and run macOS; otherwise none. */
function macsOf(fleet: Fleet, { machines, machinesComplete }: Generator): readonly string[] {
  const knownMachines = factsOf(fleet).machines;
  if (machines === null || !machinesComplete) return [];
  return machines.every(name => knownMachines.get(name)?.class === 'darwin') ? machines : [];
}

function reportOf(fleet: Fleet, machines: readonly string[], option: WrittenOption): Report | null {
  const phase = option.value.kind === 'plain' ? option.value.value : null;
  const stores = fleet.storeSettings;
  const having = phase === 'users' ? machines.filter(name => stores.of(name) === 'age') : machines;
  if (having.length === 0 || having.length < machines.length) return null;
  const why =
    phase === 'users'
      ? 'the backend "age" decrypts secrets of services alone on macOS'
      : 'it is deployed when a machine is installed, which clan does with NixOS alone';
  return {
    at: option.valueAt ?? option.at,
    machines: having,
    message: `"${optionText(option)}" = "${phase}" keeps the secret from macOS: ${why}${inBrackets(having)}. Use "services", or "activation".`,
  };
}

function storeReport(fleet: Fleet, { value, at, of, machine, conditional }: StoreSetting): Report | null {
  if (value !== 'password-store' || conditional) return null;
  const stores = fleet.storeSettings;
  const macs = fleet.machines.flatMap(mac =>
    mac.class === 'darwin' &&
    stores.of(mac.name) === value &&
    (of === 'clan' || mac.name === machine) &&
    hasSecrets(fleet, mac.name)
      ? [mac.name]
      : [],
  );
  if (macs.length === 0) return null;
  return {
    at,
    machines: macs,
    message: `On macOS nothing unpacks the secrets of the backend "password-store": services of ${machinesText(macs)} do not find them.`,
  };
}

/** Returns whether the machine certainly has a secret that would have to be unpacked. */
function hasSecrets({ generators }: Fleet, machine: string): boolean {
  return generators.some(
    generator =>
      generator.machines?.includes(machine) === true &&
      generator
        .certainBodyOn(machine)
        ?.files.some(
          ({ secret, deploy, neededFor }) =>
            secret === true && deploy === true && (neededFor === 'services' || neededFor === 'users'),
        ),
  );
}
