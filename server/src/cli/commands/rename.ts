/** `varsmith rename`: changes a name everywhere, and moves the values stored under it. */

import { applyEdits, editsByFile } from '../../checks/engine/apply-fixes.ts';
import { counted } from '../../checks/facts/wording.ts';
import { indexOf } from '../../editor/names/fleet-index.ts';
import type { Subject, Target } from '../../editor/names/subjects.ts';
import { renameTarget } from '../../editor/rename/rename.ts';
import { renameMachine } from '../../editor/rename/rename-machine.ts';
import type { Renaming } from '../../editor/rename/renaming.ts';
import type { Snapshot } from '../../editor/snapshot.ts';
import { indexUpdater, linkChanges, relocation, renameNotes } from '../../generate/repository/relocate.ts';
import { outsideMoves, type StoredName } from '../../generate/repository/relocate-outside.ts';
import { type EditedFile, sourceChanges } from '../../generate/repository/sources.ts';
import { withSession } from '../../generate/run/run-session.ts';
import { joinPath } from '../../nix/eval/paths.ts';
import { movedLinks } from '../../store/vars/moved-links.ts';
import type { Move } from '../../store/vars/moves.ts';
import { oneOf, type Parsed } from '../arguments.ts';
import { EXIT, type Io, printable, say, UsageError } from '../io.ts';
import { otherNames } from '../names.ts';
import { type OpenFleet, openFleet } from '../open-fleet.ts';
import { printDiff } from '../output/check-fix.ts';
import { jsonText } from '../output/json-text.ts';
import { RENAMED_KINDS } from '../table/commands-write.ts';
import { readCommand } from '../table/read-command.ts';

export async function rename(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('rename', args);
  const [word, ...names] = parsed.positions;
  if (word === undefined)
    throw new UsageError(
      'Rename what? `varsmith rename KIND OLD NEW`, where KIND is generator, file, prompt, key or machine.',
    );
  const kind = oneOf('rename', word, RENAMED_KINDS, 'generator');
  const open = await openFleet(parsed.option('root'), io);
  if (kind === 'moved') return settleMoved(open, movesFrom(names), parsed, io);
  const [old, to, ...more] = names;
  if (old === undefined || to === undefined || more.length > 0)
    throw new UsageError(`\`varsmith rename ${kind} OLD NEW\` takes two names.`);
  return renameEverywhere(open, { kind, old, to }, parsed, io);
}

interface Wish {
  readonly kind: Exclude<(typeof RENAMED_KINDS)[number], 'moved'>;
  readonly old: string;
  readonly to: string;
}

async function renameEverywhere(open: OpenFleet, wish: Wish, parsed: Parsed, io: Io): Promise<number> {
  const work = () => {
    const snapshot = open.workspace.snapshot();
    const renaming = renamingOf(snapshot, wish);
    const keeps = parsed.flag('keep-stored');
    const moves = renaming.moves.filter(move => !keeps || move.required === true);
    return { renaming, moves, files: editedFiles(snapshot, renaming) };
  };
  if (parsed.flag('dry-run')) return report(work(), parsed, io);
  const note = (sentence: string) => say(io, sentence);
  return withSession(open, { commit: false, note }, async session => {
    const done = work();
    const { moves, files } = done;
    const links = movedLinks(open.files, open.environment.directory, moves, false);
    const { changes, unchanged } = relocation(open.root, moves, links, sourceChanges(open.root, files));
    const tellGit = await indexUpdater(open.environment, moves, links);
    const stored = storedName(wish);
    const outside =
      stored === null || parsed.flag('keep-stored')
        ? []
        : await outsideMoves(open.fleet(), open.environment, stored);
    if (changes.length > 0) await session.apply([...changes, ...outside], 'rename', unchanged);
    await renameNotes(session, open.environment.directory, moves);
    await tellGit();
    return report(done, parsed, io);
  });
}

/** Updates links and git's index after files were moved by other means. */
async function settleMoved(open: OpenFleet, moves: readonly Move[], parsed: Parsed, io: Io): Promise<number> {
  const note = (sentence: string) => say(io, sentence);
  return withSession(open, { commit: false, note }, async session => {
    const { directory } = open.environment;
    const links = movedLinks(open.files, directory, moves, true);
    const changes = linkChanges(links, []);
    if (!parsed.flag('dry-run')) {
      const tellGit = await indexUpdater(open.environment, moves, links);
      if (changes.length > 0) await session.apply(changes, 'rename');
      await renameNotes(session, directory, moves);
      await tellGit();
    }
    const written = links.map(({ from, link }) => ({ from, to: link.path, target: link.target }));
    if (parsed.flag('json'))
      io.stdout.write(`${jsonText({ schemaVersion: 1, root: open.root, links: written })}\n`);
    else for (const { to, target } of written) io.stdout.write(`${printable(`linked ${to} to ${target}`)}\n`);
    return EXIT.ok;
  });
}

/**
 * Returns the moves that the positions list in pairs.
 * @throws UsageError
 */
function movesFrom(paths: readonly string[]): Move[] {
  if (paths.length === 0 || paths.length % 2 === 1)
    throw new UsageError('`varsmith rename moved OLD NEW…` takes the paths before and after, in pairs.');
  const checked = paths.map(path => {
    const clean = path.startsWith('/') ? null : joinPath('', path);
    if (clean === null || clean === '')
      throw new UsageError(`"${path}" is not a path inside the root, relative to it.`);
    return clean;
  });
  return checked.flatMap((from, at) => (at % 2 === 0 ? [{ from, to: checked[at + 1] as string }] : []));
}

/**
 * Returns the edits and moves.
 * @throws UsageError if nothing has the name; Error if it cannot be renamed
 */
function renamingOf(snapshot: Snapshot, wish: Wish): Renaming {
  const index = indexOf(snapshot);
  const target = bestOf(subjectsOf(snapshot, wish).flatMap(subject => index.occurrencesOf(subject)));
  // A machine may exist only as a folder, without being written anywhere.
  const isFolder = target === null && wish.kind === 'machine' && index.machines.has(wish.old);
  if (target === null && !isFolder) throw new UsageError(unknownName(snapshot, wish));
  const renaming =
    target === null ? renameMachine(snapshot, wish.old, wish.to) : renameTarget(snapshot, target, wish.to);
  if (renaming === null) throw new Error(`"${wish.old}" is not something that can be renamed.`);
  if ('refused' in renaming) throw new Error(`${renaming.refused} Nothing was changed.`);
  return renaming;
}

/** Returns the name for a store outside the repository, or `null` for things that are not stored. */
function storedName({ kind, old, to }: Wish): StoredName | null {
  if (kind === 'generator' || kind === 'machine') return { kind, old, to };
  if (kind !== 'file') return null;
  const slash = old.indexOf('/');
  return { kind, generator: old.slice(0, slash), old: old.slice(slash + 1), to };
}

/** Returns the declaration of a name, or else another of its places. */
function bestOf(targets: readonly Target[]): Target | null {
  const written = targets.filter(({ role, at }) => role !== 'field' && at.start < at.end);
  return written.find(({ role }) => role === 'declaration') ?? written[0] ?? null;
}

/** Returns the subjects that a name may refer to. Files and prompts are written as `GENERATOR/NAME`. */
function subjectsOf(snapshot: Snapshot, { kind, old }: Wish): Subject[] {
  if (kind === 'generator') return [{ kind, name: old }];
  if (kind === 'machine') return [{ kind, machine: old }];
  if (kind === 'key')
    return snapshot.fleet.registries.map(({ file }) => ({ kind, registry: file, key: old }));
  const slash = old.indexOf('/');
  if (slash <= 0)
    throw new UsageError(`Of which generator? \`varsmith rename ${kind} GENERATOR/${old} NEW\``);
  const [generator, name] = [old.slice(0, slash), old.slice(slash + 1)];
  return kind === 'file' ? [{ kind, generator, file: name }] : [{ kind, generator, prompt: name }];
}

function unknownName(snapshot: Snapshot, { kind, old }: Wish): string {
  return `There is no ${kind} "${old}".${otherNames(old, namesOf(snapshot, kind))}`;
}

function namesOf({ fleet }: Snapshot, kind: Wish['kind']): string[] {
  switch (kind) {
    case 'machine':
      return fleet.machines.map(({ name }) => name);
    case 'key':
      return fleet.registries.flatMap(({ keys }) => keys.map(({ key }) => key));
    case 'generator':
      return fleet.generators.map(({ name }) => name);
    default:
      return fleet.generators.flatMap(generator =>
        (kind === 'file' ? generator.body().files : generator.body().prompts).map(
          ({ name }) => `${generator.name}/${name}`,
        ),
      );
  }
}

function editedFiles({ files }: Snapshot, { edits }: Renaming): EditedFile[] {
  return [...editsByFile([{ title: '', edits, preferred: true }])].map(([path, fileEdits]) => {
    const before = files.text(path) ?? '';
    return { path, before, after: applyEdits(before, fileEdits) };
  });
}

interface Done {
  readonly renaming: Renaming;
  readonly moves: readonly Move[];
  readonly files: readonly EditedFile[];
}

function report({ renaming, moves, files }: Done, parsed: Parsed, io: Io): number {
  const isDry = parsed.flag('dry-run');
  const kept = renaming.moves.filter(move => !moves.includes(move));
  if (parsed.flag('json')) {
    const data = {
      schemaVersion: 1,
      dryRun: isDry,
      files: files.map(({ path }) => path),
      moves: moves.map(({ from, to }) => ({ from, to })),
      kept: kept.map(({ from }) => from),
    };
    io.stdout.write(`${jsonText(data)}\n`);
    return EXIT.ok;
  }
  const write = (line: string) => io.stdout.write(`${printable(line)}\n`);
  if (isDry)
    printDiff(
      files.map(({ path, before, after }) => ({ path, before: before ?? '', after: after ?? '' })),
      io,
    );
  else for (const { path } of files) write(`changed ${path}`);
  for (const { from, to } of moves) write(`${isDry ? 'would move' : 'moved'} ${from} to ${to}`);
  for (const { from } of kept) say(io, `${from} stays: what is under the new name is generated anew.`);
  if (!isDry)
    say(
      io,
      `${counted(files.length, 'file')} changed, ${counted(moves.length, 'folder')} moved, nothing committed: look at it with "git status".`,
    );
  return EXIT.ok;
}
