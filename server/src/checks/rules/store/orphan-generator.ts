/** store/orphan-generator: stored files belong to a generator that no longer exists. */

import { leftoverOf } from '../../../fleet/catalogue/catalogue-leftovers.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import { groupBy, sortedUnique } from '../../../std.ts';
import { below } from '../../../store/vars/files.ts';
import type { StoredVar } from '../../../store/vars/vars.ts';
import { type Facts, factsOf, isSurelyWithout } from '../../facts/fleet-facts.ts';
import { hasBrokenModule } from '../../facts/host/broken-modules.ts';
import {
  certainlyWithout,
  isUndeclared,
  knowsServices,
  mayHaveAnother,
  readsOf,
  type SoleDeclaration,
  soleDeclaration,
  unlessForeign,
} from '../../facts/store/declared-files.ts';
import { removal, storedFiles } from '../../facts/store/leftover-words.ts';
import { type DeclaredAndStored, newNameOf } from '../../facts/store/renamed-generators.ts';
import { type StoredGenerator, storedIndex, wholeFile } from '../../facts/store/stored-index.ts';
import { readersOf } from '../../facts/use/reading-machines.ts';
import { counted, inBrackets, machinesText, quoted } from '../../facts/wording.ts';
import { perObject } from '../../memory/kept.ts';
import type { CheckContext, Leftover, Report, Rule } from '../../rule.ts';

const FOLDER = 'vars/per-machine/lea/mail/password';
const OLD = 'vars/per-machine/lea/old-mail/password';

export const orphanGenerator: Rule = {
  id: 'store/orphan-generator',
  severity: 'info',
  summary: 'Stored files of a generator that is no longer declared',
  documentation: `\
The store contains files of a generator that nothing in this repository declares any more: it was removed or renamed,
or changed between shared and per machine. Clan never removes such files. They are harmless in themselves, but the
machines and users that they are encrypted to can still read them, and tokens in them may still be valid.

Remove the folder below \`vars/\` (\`git rm -r\`), and revoke what it held. If the machine has a generator with the same
files and nothing stored, it is most likely the same generator under a new name: rename the folder, so that nothing
has to be generated again.

Reported only if the whole inventory is known and all of its services are clan-core's or this repository's own, if
nothing with a partly known name can be the generator, and if clan-core has, or ever had, none of that name. A module
of another flake may still declare it, which the message mentions if machines have such modules; in that case exclude
its folder from this rule in \`varsmith.json\`. A generator that only some machines have is reported for those that
certainly do not have it. Not reported as long as a registry has the generator, or a machine's row has an unknown key.

Several files in one folder of the store are one finding, with a related place for each.

Source: clan-core d7c35d912 removes stored files only with \`clan machines delete\`.`,
  examples: ({ clanWith, EXAMPLE_SECRET, KEYS, linksOf, MAIL }) => ({
    bad: [
      {
        title: 'A generator that was removed',
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
        title: 'An existing generator',
        files: { ...clanWith(MAIL), ...KEYS, [`${FOLDER}/secret`]: EXAMPLE_SECRET },
        links: linksOf(FOLDER),
      },
    ],
  }),
  summarise: (leftovers, folder) => {
    const names = sortedUnique(leftovers.map(leftover => leftover.of));
    return `${storedFiles(leftovers)} of ${counted(names.length, 'generator')} below \`${folder}\` are unused: nothing in this repository declares ${names.length === 1 ? 'it' : 'them'} there any more (${quoted(names)}). ${removal(leftovers)}`;
  },
  check: function* (context: CheckContext) {
    const { fleet } = context;
    if (!fleet.isClan || !fleet.machinesComplete) return;
    const machines = new Set(fleet.machines.map(machine => machine.name));
    const facts = factsOf(fleet);
    const isRead = readsOf(fleet);
    const isKnown = knowsServices(fleet);
    const { generators } = storedIndex(context.stored());
    const surroundings = { fleet, machines, generators };
    let hidden: readonly HiddenText[] | null = null;
    for (const stored of generators.values()) {
      const declared = soleDeclaration(fleet, stored.name);
      if (declared !== null) yield* leftBehind(surroundings, declared, stored);
      else if (facts.generators.has(stored.name)) {
        if (isRead(stored.name, null)) continue;
        // The declarations are not complete, but some machines may still be certain to lack the generator.
        const owners = [...stored.byOwner.keys()].filter(
          owner => machines.has(owner) && !hasUnknownKey(facts, owner),
        );
        yield* leftOn(
          surroundings,
          stored,
          owners.filter(owner => isSurelyWithout(facts, owner, stored.name)),
        );
      } else if (isKnown && !isRead(stored.name, null) && !isInRegistry(fleet, stored.name)) {
        hidden ??= textsOfGaps(context);
        yield* undeclared(surroundings, stored, hidden);
      }
    }
  },
};

/** The text of a file that could not be analysed. */
interface HiddenText {
  readonly text: string;
  /** The machines that may import it, or null for any machine. */
  readonly machines: readonly string[] | null;
}

/** Returns the texts of files that could not be analysed, which may declare anything they mention. */
function textsOfGaps({ fleet, sources }: CheckContext): HiddenText[] {
  return sortedUnique(fleet.notAnalysable.map(({ at }) => at.file)).flatMap(file => {
    const text = sources.text(file);
    const readers = readersOf(fleet, file);
    const machines = readers === null ? null : [...readers.certain, ...readers.possible];
    return text === null ? [] : [{ text, machines }];
  });
}

interface Surroundings extends DeclaredAndStored {
  /** All machines of the fleet. */
  readonly machines: ReadonlySet<string>;
}

function* undeclared(
  surroundings: Surroundings,
  stored: StoredGenerator,
  hidden: readonly HiddenText[],
): Iterable<Report> {
  const { fleet, machines } = surroundings;
  const { name } = stored;
  const facts = factsOf(fleet);
  const mayBeHidden = (machine: string) =>
    hidden.some(
      ({ text, machines: readers }) => (readers === null || readers.includes(machine)) && text.includes(name),
    );
  const isWithout = (machine: string) =>
    isUndeclared(fleet, name, [machine]) &&
    !mayBeHidden(machine) &&
    !hasUnknownKey(facts, machine) &&
    !hasBrokenModule(fleet, [machine]) &&
    fleet.modules.get(machine)?.isGivenAll === true &&
    fleet.modules.get(machine)?.complete === true;
  if (isOfClanCore(stored)) return;
  // A shared value may belong to any machine.
  if (stored.shared.length > 0 && ![...machines].every(isWithout)) return;
  // Files of removed machines are reported with the machine.
  const without = [...stored.byOwner.keys()].filter(owner => machines.has(owner) && isWithout(owner));
  const shared = stored.shared[0] === undefined ? [] : [null];
  // Machine by machine: of what is called otherwise on one of them, nothing follows for the others.
  for (const [renamed, places] of groupBy([...shared, ...without], place =>
    newNameOf(surroundings, stored, place),
  )) {
    const owners = places.filter(place => place !== null);
    const values = [
      ...(places.includes(null) ? stored.shared : []),
      ...owners.flatMap(owner => stored.byOwner.get(owner) ?? []),
    ];
    const [first] = values;
    if (first === undefined) continue;
    const lacking = `Nothing in this repository declares the generator "${name}" any more`;
    if (renamed !== null) {
      yield renamedTo(renamed, `${lacking}${inBrackets(owners)}`, { owners, first });
      continue;
    }
    const unless = unlessForeign(fleet, places.includes(null) ? machines : owners);
    yield {
      at: wholeFile(first.path),
      machines: owners,
      message: `${lacking}; ${unless}its files are unused${inBrackets(owners)}. Remove its folder below \`vars/\`${cure(first)}.`,
      leftover: leftoverFrom(name, values, unless !== ''),
    };
  }
}

/** Returns whether a registry has an entry for the generator, which a machine may select again. */
function isInRegistry({ registries }: Fleet, name: string): boolean {
  return registries.some(({ keys }) => keys.some(({ generator }) => generator?.value === name));
}

/** Returns whether a row of the machine has a key that no registry has: it may be meant for any generator. */
function hasUnknownKey({ registries }: Facts, machine: string): boolean {
  return [...registries.values()].some(({ byKey, rows }) =>
    (rows.get(machine) ?? []).some(({ row }) => row.keys.some(({ key }) => !byKey.has(key))),
  );
}

interface Places {
  /** The machines that the values are stored for; empty if they are shared. */
  readonly owners: readonly string[];
  readonly first: StoredVar;
}

function renamedTo(renamed: string, lacking: string, { owners, first }: Places): Report {
  return {
    at: wholeFile(first.path),
    machines: owners,
    message: `${lacking}. If it is called "${renamed}" now, which has the same files and nothing stored, rename its folder below \`vars/\`. Otherwise its files are unused: remove them${cure(first)}.`,
  };
}

/**
 * Returns whether clan-core has or had this generator. Earlier versions used other names, and a fleet may use
 * any version.
 */
const isOfClanCore = perObject(({ name, files }: StoredGenerator): boolean =>
  [...files.values()].some(({ name: file, all }) =>
    [true, false].some(
      shared =>
        all.some(storedVar => (storedVar.placement === 'shared') === shared) &&
        leftoverOf({ name, shared, files: [file] }, [file]) !== null,
    ),
  ),
);

function* leftBehind(
  surroundings: Surroundings,
  declared: SoleDeclaration,
  stored: StoredGenerator,
): Iterable<Report> {
  const { fleet, machines } = surroundings;
  const { name } = stored;
  const { share } = declared.body;
  const facts = factsOf(fleet);
  const isKnown = (machine: string) =>
    !mayHaveAnother(fleet, name, machine) && !hasUnknownKey(facts, machine);
  const owners = [...stored.byOwner.keys()].filter(owner => machines.has(owner) && isKnown(owner));
  if (share === false && stored.shared[0] !== undefined && [...machines].every(isKnown))
    yield {
      at: wholeFile(stored.shared[0].path),
      message: `The generator "${name}" is not shared any more; these files are from when it was. Remove \`${below(fleet.directory ?? '', `vars/shared/${name}`)}\`.`,
      leftover: leftoverFrom(name, stored.shared, false),
    };
  const isShared = (owner: string) => (share ?? declared.generator.bodyOn(owner).share) === true;
  const shared = owners.filter(isShared);
  if (share !== true)
    yield* leftOn(surroundings, stored, owners.filter(certainlyWithout(fleet, declared.generator)));
  if (shared.length > 0)
    yield* leftFrom(
      stored,
      shared,
      `The generator "${name}" is shared now; files from before are unused${inBrackets(shared)}. Remove them.`,
    );
}

/** Reports the stored files of machines that do not have the generator. */
function* leftOn(
  surroundings: Surroundings,
  stored: StoredGenerator,
  machines: readonly string[],
): Iterable<Report> {
  for (const [renamed, owners] of groupBy(machines, machine => newNameOf(surroundings, stored, machine))) {
    const values = owners.flatMap(owner => stored.byOwner.get(owner) ?? []);
    const [first] = values;
    if (first === undefined) continue;
    const lacking = `The ${machinesText(owners)} ${owners.length === 1 ? 'does' : 'do'} not have the generator "${stored.name}" any more`;
    if (renamed !== null) yield renamedTo(renamed, lacking, { owners, first });
    else yield* leftFrom(stored, owners, `${lacking}; its files are unused. Remove them${cure(first)}.`);
  }
}

function* leftFrom(
  { name, byOwner }: StoredGenerator,
  owners: readonly string[],
  message: string,
): Iterable<Report> {
  const values = owners.flatMap(owner => byOwner.get(owner) ?? []);
  const [first] = values;
  if (first === undefined) return;
  const leftover = leftoverFrom(name, values, false);
  yield { at: wholeFile(first.path), machines: owners, message, leftover };
}

function leftoverFrom(of: string, files: readonly StoredVar[], mayBeForeign: boolean): Leftover {
  return { of, files: files.length, isSecret: files.some(({ kind }) => kind === 'secret'), mayBeForeign };
}

function cure({ kind }: StoredVar): string {
  return kind === 'secret' ? ', and revoke what they held' : '';
}
