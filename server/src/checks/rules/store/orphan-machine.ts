/** store/orphan-machine: stored files belong to a machine that no longer exists. */
import { suggest } from '../../../edits/suggest.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
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
the new name. If a machine with a similar name has nothing stored yet, the message assumes that it is the same machine
and advises against deleting.

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
    for (const [name, owner] of owners)
      if (!machineNames.has(name))
        yield {
          at: wholeFile(owner.path),
          message: messageOf(name, owner, suggest(name, bare)),
          leftover: { of: name, files: 1, isSecret: owner.hasKey && owner.readable > 0, mayBeForeign: false },
        };
  },
};

/**
 * Returns the message about a removed machine.
 *
 * @param near a machine with a similar name and no stored values, which may be the same machine renamed
 */
function messageOf(name: string, owner: Owner, near: string | null): string {
  if (near !== null)
    return `There is no machine "${name}" in this fleet, and nothing is stored for the machine "${near}". If it is the same machine, move its files to the new name, or restore the name "${name}".`;
  return `There is no machine "${name}" in this fleet; ${leftText(owner)} Remove it with \`clan machines delete ${name}\`, or move its files to the machine's new name.`;
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
