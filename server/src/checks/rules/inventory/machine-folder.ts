/** inventory/machine-folder: a machine has a folder but no inventory entry, or an entry but no folder. */

import { certainCorrection } from '../../../edits/suggest.ts';
import { roleMembers } from '../../../fleet/inventory/members.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { MachineFact } from '../../../fleet/model/machines.ts';
import { isDeployed } from '../../facts/inventory/named-in-roles.ts';
import type { Report, Rule } from '../../rule.ts';

const CONFIGURATION = '{ ... }:\n{\n  services.openssh.enable = true;\n}\n';

export const machineFolder: Rule = {
  id: 'inventory/machine-folder',
  severity: 'info',
  summary: 'A machine that, unlike all others, has only a folder or only an entry in the inventory',
  documentation: `\
Clan makes a machine of every folder in \`machines/\`, whether the inventory names it or not, and of every entry of the
inventory, whether it has a folder or not. Nothing fails in either case, so a typo in a name goes unnoticed:

- A folder without an entry is a NixOS machine whose only tags are \`all\` and \`nixos\`, so services reach it only by these. A folder of modules that machines share becomes a machine as well.
- An entry without a folder, and without a module in \`clan.machines\`, is a machine that consists of nothing but what
  services bring.

Reported only where at least two other machines have both and none of them lacks one, and nothing else of the machine
may be hidden. An entry without a folder is a warning beside a folder without an entry whose name is one or two
letters away: clan then treats one machine as two.

Add what is missing, correct the name, or move a folder of shared modules out of \`machines/\`.

Source: clan-core, \`modules/clan/module.nix\`.`,
  examples: ({ FLAKE }) => ({
    bad: [
      {
        title: 'A folder without an entry in the inventory',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': '{\n  inventory.machines = {\n    emily.tags = [ "desk" ];\n    lea = { };\n  };\n}\n',
          'machines/emily/configuration.nix': CONFIGURATION,
          'machines/lea/configuration.nix': CONFIGURATION,
          'machines/shared/configuration.nix': CONFIGURATION,
        },
        found: ['machines/shared/configuration.nix'],
      },
      {
        title: 'An entry without a folder',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': `\
{
  inventory.machines = {
    emily.tags = [ "desk" ];
    lea = { };
    nora = { };
  # ^^^^ inventory/machine-folder: there is no folder machines/nora
  };
}
`,
          'machines/emily/configuration.nix': CONFIGURATION,
          'machines/lea/configuration.nix': CONFIGURATION,
        },
      },
      {
        title: 'A folder that was renamed, and its entry was not',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': `\
{
  inventory.machines.emily.tags = [ "desk" ];
  #                  ^^^^^ inventory/machine-folder: the folder machines/emly has no entry
}
`,
          'machines/emly/configuration.nix': CONFIGURATION,
          'machines/lea/configuration.nix': CONFIGURATION,
        },
      },
    ],
    good: [
      {
        title: 'A folder, or a module, for each entry',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': `\
{
  machines.nora.services.openssh.enable = true;
  inventory.machines = {
    emily.tags = [ "desk" ];
    lea = { };
    nora = { };
  };
}
`,
          'machines/emily/configuration.nix': CONFIGURATION,
          'machines/lea/configuration.nix': CONFIGURATION,
        },
      },
      {
        title: 'Machines that the inventory does not name at all',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': '{\n  inventory.machines.emily.tags = [ "desk" ];\n}\n',
          'machines/emily/configuration.nix': CONFIGURATION,
          'machines/lea/configuration.nix': CONFIGURATION,
          'machines/nora/configuration.nix': CONFIGURATION,
        },
      },
    ],
  }),
  check: function* ({ fleet }) {
    if (!fleet.isClan || !fleet.machinesComplete || fleet.directory === null) return;
    const machines = sortedOut(fleet);
    const unnamed = machines.filter(
      machine => machine.folder !== null && machine.entry === null && !machine.isModule,
    );
    const bare = machines.filter(
      machine => machine.entry !== null && machine.folder === null && !machine.isModule,
    );
    const pairs = renamed(bare, unnamed);
    if (pairs.length > 0) return yield* pairs.flatMap(ofPair);
    const both = machines.filter(machine => machine.folder !== null && machine.entry !== null).length;
    if (both < USUAL) return;
    const [folder, ...otherFolders] = unnamed;
    if (folder !== undefined && otherFolders.length === 0) yield* ofFolder(fleet, folder);
    const [entry, ...otherEntries] = bare;
    if (entry !== undefined && otherEntries.length === 0) yield* ofEntry(fleet, entry);
  },
};

/** The number of machines that establish a convention. */
const USUAL = 2;

interface Sources {
  readonly name: string;
  readonly folder: MachineFact | null;
  readonly entry: MachineFact | null;
  /** True if a module or a configuration of its own creates the machine. */
  readonly isModule: boolean;
}

function sortedOut({ machineFacts }: Fleet): Sources[] {
  const byName = new Map<string, MachineFact[]>();
  for (const fact of machineFacts) byName.set(fact.name, [...(byName.get(fact.name) ?? []), fact]);
  return [...byName].map(([name, facts]) => ({
    name,
    folder: facts.find(fact => fact.source === 'folder') ?? null,
    entry: facts.find(fact => fact.source === 'inventory' && fact.isModule !== true) ?? null,
    isModule: facts.some(fact => fact.isModule === true || fact.source === 'configuration'),
  }));
}

/** A machine that has its entry under one name and its folder under another. */
interface Renamed {
  readonly entry: Sources;
  readonly folder: Sources;
}

/** Pairs entries without a folder with folders without an entry of nearly the same name. */
function renamed(entries: readonly Sources[], folders: readonly Sources[]): readonly Renamed[] {
  const names = folders.map(folder => folder.name);
  return entries.flatMap(entry => {
    const meant = certainCorrection(entry.name, names);
    return folders.filter(folder => folder.name === meant).map(folder => ({ entry, folder }));
  });
}

function ofPair({ entry, folder }: Renamed): readonly Report[] {
  const at = entry.entry?.at ?? null;
  const folderAt = folder.folder?.at ?? null;
  if (at === null || folderAt === null || !isDeployed(at) || !isDeployed(folderAt)) return [];
  return [
    {
      at,
      severity: 'warning',
      message: `The inventory has a machine "${entry.name}" without a folder, and the folder machines/${folder.name} has no entry: clan makes two machines of them. Give both the same name.`,
      machines: [entry.name, folder.name].sort(),
      related: [{ at: folderAt, message: `The folder machines/${folder.name}` }],
    },
  ];
}

function* ofFolder(fleet: Fleet, { name, folder }: Sources): Iterable<Report> {
  const at = folder?.at ?? null;
  if (at === null || !isDeployed(at)) return;
  const path = `${fleet.directory === '' ? '' : `${fleet.directory}/`}machines/${name}`;
  yield {
    at,
    message: `The inventory has no machine "${name}", but clan makes a machine "${name}" of the folder ${path}: a NixOS machine whose only tags are "all" and "nixos". Add it to \`inventory.machines\`, or move the folder if it is not a machine's.`,
    machines: [name],
  };
}

function* ofEntry(fleet: Fleet, { name, entry }: Sources): Iterable<Report> {
  const at = entry?.at ?? null;
  if (at === null || !isDeployed(at) || !at.file.endsWith('.nix') || mayBeGivenModules(fleet, name)) return;
  yield {
    at,
    message: `The inventory has a machine "${name}", but there is no folder machines/${name}, and no \`machines.${name}\` in the clan: it consists only of what services add. The other machines have a folder.`,
    machines: [name],
  };
}

/** Returns whether a role may add a module of this repository to the machine. */
function mayBeGivenModules({ inventory }: Fleet, machine: string): boolean {
  if (!inventory.complete) return true;
  return inventory.instances.some(
    instance =>
      instance.module.input === 'self' ||
      !instance.complete ||
      [...instance.roles.values()].some(
        role => role.extraModules > 0 && roleMembers(inventory, role)?.includes(machine) !== false,
      ),
  );
}
