/** store/orphan-file: a stored file no longer belongs to its generator. */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import { sortedUnique } from '../../../std.ts';
import type { StoredVar } from '../../../store/vars/vars.ts';
import { hasBrokenModule } from '../../facts/host/broken-modules.ts';
import {
  isDeclaredFor,
  lacksFile,
  readsOf,
  soleDeclaration,
  unlessForeign,
} from '../../facts/store/declared-files.ts';
import { removal, storedFiles } from '../../facts/store/leftover-words.ts';
import { type StoredFileOf, storedIndex, wholeFile } from '../../facts/store/stored-index.ts';
import { inBrackets, quoted } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const FOLDER = 'vars/per-machine/lea/mail/password';
const OLD = 'vars/per-machine/lea/mail/token';

export const orphanFile: Rule = {
  id: 'store/orphan-file',
  severity: 'info',
  summary: 'A stored file that its generator no longer has',
  documentation: `\
The store contains a file of a declared generator that no longer has such a file. Clan does not remove it. Nothing
uses it, but the machines and users that it is encrypted to can still read it, and a token in it may still be valid; a
public file misleads readers who look for the current value.

Remove its folder below \`vars/\` (\`git rm -r\`), and revoke what it held.

Reported only if all definitions of the generator are in this repository and all of its files and persisted prompts
are known, and if nothing reads the file by its name. A module of another flake may still add the file, which the
message mentions if machines have such modules.

Several files in one folder of the store are one finding, with a related place for each.

Source: clan-core d7c35d912 writes declared files only and never removes others.`,
  examples: ({ clanWith, EXAMPLE_SECRET, KEYS, linksOf, MAIL }) => ({
    bad: [
      {
        title: 'A file that was removed from the generator',
        files: {
          ...clanWith(MAIL),
          ...KEYS,
          [`${FOLDER}/secret`]: EXAMPLE_SECRET,
          [`${OLD}/secret`]: EXAMPLE_SECRET,
        },
        links: { ...linksOf(FOLDER), ...linksOf(OLD) },
        found: [`${OLD}/secret`],
      },
    ],
    good: [
      {
        title: 'A file of the generator',
        files: { ...clanWith(MAIL), ...KEYS, [`${FOLDER}/secret`]: EXAMPLE_SECRET },
        links: linksOf(FOLDER),
      },
    ],
  }),
  summarise: (leftovers, folder) =>
    `${storedFiles(leftovers)} below \`${folder}\` are unused: no generator in this repository declares them any more (${quoted(leftovers.map(leftover => leftover.of))}). ${removal(leftovers)}`,
  check: function* ({ fleet, stored }: CheckContext) {
    const machines = new Set(fleet.machines.map(machine => machine.name));
    const isRead = readsOf(fleet);
    for (const generator of storedIndex(stored()).generators.values()) {
      const general = soleDeclaration(fleet, generator.name);
      if (general === null) continue;
      const isOfThis = isDeclaredFor(fleet, general);
      const isLeft = ({ owner }: StoredVar, file: string) => {
        const declared = owner === null ? general : soleDeclaration(fleet, generator.name, owner);
        if (declared === null || !lacksFile(declared, file)) return false;
        // A missing module may declare the file.
        if (hasBrokenModule(fleet, owner === null ? [] : [owner])) return false;
        // Files in the other placement are reported with the generator.
        const { share } = declared.body;
        if (owner === null) return share !== false;
        return share !== true && (!fleet.machinesComplete || machines.has(owner)) && isOfThis({ owner });
      };
      for (const file of generator.files.values())
        if (!isRead(generator.name, file.name))
          yield* reportsOf(fleet, generator.name, file, storedVar => isLeft(storedVar, file.name));
    }
  },
};

/**
 * Yields the orphaned files of a generator. Files of machines that no longer have the generator are reported
 * with the generator.
 */
function* reportsOf(
  fleet: Fleet,
  generator: string,
  { name, all }: StoredFileOf,
  isLeft: (stored: StoredVar) => boolean,
): Iterable<Report> {
  const left = all.filter(storedVar => storedVar.current && isLeft(storedVar));
  const [first] = left;
  if (first === undefined) return;
  const machines = sortedUnique(left.flatMap(storedVar => storedVar.owner ?? []));
  const isShared = left.some(storedVar => storedVar.owner === null);
  const unless = unlessForeign(fleet, isShared ? fleet.machines.map(machine => machine.name) : machines);
  yield {
    at: wholeFile(first.path),
    machines,
    message: `Nothing in this repository gives the generator "${generator}" a file "${name}" any more; ${unless}the stored file${inBrackets(machines)} is unused. Remove it${first.kind === 'secret' ? ', and revoke what it held' : ''}.`,
    leftover: {
      of: `${generator}/${name}`,
      files: left.length,
      isSecret: left.some(storedVar => storedVar.kind === 'secret'),
      mayBeForeign: unless !== '',
    },
  };
}
