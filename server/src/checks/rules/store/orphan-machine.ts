/** store/orphan-machine: stored files belong to a machine that no longer exists. */
import { suggest } from '../../../edits/suggest.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import { once } from '../../../std.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
import {
  type MachineGenerators,
  renamedMachines,
  renamedText,
} from '../../../store/vars/renamed-machines.ts';
import { storedIndex, wholeFile } from '../../facts/store/stored-index.ts';
import { counted, quoted } from '../../facts/wording.ts';
import { perObject } from '../../memory/kept.ts';
import type { CheckContext, Rule } from '../../rule.ts';

const FOLDER = 'vars/per-machine/lea/mail/password';

export const orphanMachine: Rule = {
  id: 'store/orphan-machine',
  severity: 'info',
  summary: 'Keys or files of a machine that no longer exists',
  documentation: `\
The store has keys or generated files of a machine that is not in the inventory, in a configuration or in a folder
below \`machines/\`: it was renamed or removed, and its files remained. As long as secrets are encrypted to its key,
anyone with its disk can read them; the message gives their number.

\`clan machines delete NAME\` removes the files and the key of a machine; \`clan vars fix\` then re-encrypts shared
secrets for the remaining machines. After renaming a machine, move \`vars/per-machine/OLD\` and \`sops/machines/OLD\` to
the new name: \`varsmith rename machine OLD NEW\` does it. If a machine with a similar name, or with the same generators, has
nothing stored yet, the message names that command and nothing else, since it may be the same machine.

Reported only if all machines of the fleet are known. A machine that another flake manages with the same store is
reported too: if you have one, turn the rule off in \`varsmith.json\`.

Several files in one folder of the store are one finding, with a related place for each.

Source: clan-core d7c35d912, clan_lib/machines/delete.py.`,
  examples: ({ clanWith, EXAMPLE_SECRET, KEY_OF_ADA, KEYS, keyFile, linksOf, MAIL }) => ({
    bad: [
      {
        title: 'The key of a machine that was removed',
        files: {
          ...clanWith(MAIL),
          ...KEYS,
          [`${FOLDER}/secret`]: EXAMPLE_SECRET,
          'sops/machines/old-lea/key.json': keyFile(KEY_OF_ADA.replace('ada', 'qqq')),
        },
        links: linksOf(FOLDER),
        found: ['sops/machines/old-lea/key.json'],
      },
    ],
    good: [
      {
        title: 'A machine of the inventory',
        files: { ...clanWith(MAIL), ...KEYS, [`${FOLDER}/secret`]: EXAMPLE_SECRET },
        links: linksOf(FOLDER),
      },
    ],
  }),
  summarise: (leftovers, folder) =>
    `${counted(leftovers.length, 'machine')} that no longer exist in this fleet have files below \`${folder}\`: ${quoted(leftovers.map(leftover => leftover.of))}.${leftovers.some(leftover => leftover.isSecret) ? ' Their keys can still open secrets of others.' : ''} Remove each with \`clan machines delete NAME\`, or move its files to the machine's new name.`,
  check: function* ({ fleet, stored }: CheckContext) {
    if (!fleet.isClan || !fleet.machinesComplete || fleet.machines.length === 0) return;
    const machineNames = new Set(fleet.machines.map(machine => machine.name));
    const owners = ownersIn(stored());
    const bare = [...machineNames].filter(machine => !owners.has(machine));
    const renamed = once(() => renamedMachines(declaredOn(fleet), storedFor(stored(), owners.keys())));
    for (const [name, owner] of owners) {
      if (machineNames.has(name)) continue;
      const at = wholeFile(owner.path);
      const near = suggest(name, bare);
      const now = near === null ? renamed().get(name) : [near];
      if (now === undefined)
        yield {
          at,
          message: `There is no machine "${name}" in this fleet; ${leftText(owner)} Remove it with \`clan machines delete ${name}\`, or move its files to the machine's new name.`,
          leftover: { of: name, files: 1, isSecret: owner.hasKey && owner.readable > 0, mayBeForeign: false },
        };
      else yield { at, message: `There is no machine "${name}" in this fleet. ${renamedText(name, now)}` };
    }
  },
};

/** Returns the names of the generators that each machine declares or gets from services. */
function declaredOn(fleet: Fleet): MachineGenerators {
  const all = new Map(fleet.machines.map(({ name }) => [name, new Set<string>()]));
  for (const { name, machines } of [...fleet.generators, ...fleet.clanGenerators])
    for (const machine of machines ?? []) all.get(machine)?.add(name);
  return all;
}

/** Returns the names of the generators that are stored for each of the machines. */
function storedFor(contents: StoreContents, names: Iterable<string>): MachineGenerators {
  const all = new Map([...names].map(name => [name, new Set<string>()]));
  for (const { name, byOwner } of storedIndex(contents).generators.values())
    for (const owner of byOwner.keys()) all.get(owner)?.add(name);
  return all;
}

interface Owner {
  readonly path: string;
  readonly hasKey: boolean;
  /** The number of foreign secrets linked to the machine by name. */
  readonly readable: number;
}

function leftText({ hasKey, readable }: Owner): string {
  if (!hasKey) return 'its files are unused.';
  if (readable === 0) return 'its key is unused.';
  return `its key can still open ${readable} ${readable === 1 ? 'secret' : 'secrets'} of others.`;
}

/** Returns all machines that the stores mention, each with a representative file. */
const ownersIn = perObject((contents: StoreContents): ReadonlyMap<string, Owner> => {
  const paths = new Map<string, string>();
  for (const { name, path, keys } of contents.sops.machines)
    if (keys() !== null) paths.set(name, `${path}/key.json`);
  for (const { name, path, publicKey } of contents.age.machines)
    if (!paths.has(name) && publicKey() !== null) paths.set(name, `${path}/pub`);
  for (const [name, { path }] of storedIndex(contents).owners) if (!paths.has(name)) paths.set(name, path);
  const counts = new Map<string, number>();
  for (const stored of contents.vars) {
    if (stored.keeper !== 'sops') continue;
    for (const { name } of contents.accessOf(stored)?.holders?.machines ?? [])
      if (name !== stored.owner) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return new Map(
    [...paths].map(([name, path]) => {
      const hasKey = path.endsWith('/key.json') || path.endsWith('/pub');
      return [name, { path, hasKey, readable: counts.get(name) ?? 0 }];
    }),
  );
});
