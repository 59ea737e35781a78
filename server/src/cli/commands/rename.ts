/** `varsmith rename`: changes a name everywhere, and moves the values stored under it. */

import { type RenameRequest, splitName } from '../../editor/rename/rename-request.ts';
import { joinPath } from '../../nix/eval/paths.ts';
import type { Move } from '../../store/vars/moves.ts';
import { NoSuchName, type RenameResult, runMoved, runRename } from '../../workspace/run-rename.ts';
import { oneOf } from '../arguments.ts';
import { EXIT, type Io, say, UsageError } from '../io.ts';
import { otherNames } from '../names.ts';
import { openFleet } from '../open-fleet.ts';
import { writeLinks, writeRename } from '../output/runs/rename-text.ts';
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
  const isDry = parsed.flag('dry-run');
  const isJson = parsed.flag('json');
  const note = (sentence: string) => say(io, sentence);
  const open = await openFleet(parsed.option('root'), io);
  if (kind === 'moved')
    await runMoved(
      open,
      movesFrom(names),
      { isDry },
      { note, ended: links => writeLinks(open.root, links, isJson, io) },
    );
  else {
    const request = requestFrom(kind, names);
    const options = { keepsStored: parsed.flag('keep-stored'), isDry };
    const ended = (result: RenameResult) => writeRename(result, { isJson, isDry }, io);
    await runRename(open, request, options, { note, ended }).catch((error: unknown) => {
      if (!(error instanceof NoSuchName)) throw error;
      throw new UsageError(`${error.message}${otherNames(request.from, error.names)}`);
    });
  }
  return EXIT.ok;
}

/**
 * Returns the rename that the positions ask for.
 * @throws UsageError
 */
function requestFrom(kind: RenameRequest['kind'], names: readonly string[]): RenameRequest {
  const [from, to, ...more] = names;
  if (from === undefined || to === undefined || more.length > 0)
    throw new UsageError(`\`varsmith rename ${kind} OLD NEW\` takes two names.`);
  if ((kind === 'file' || kind === 'prompt') && splitName(from) === null)
    throw new UsageError(`Of which generator? \`varsmith rename ${kind} GENERATOR/${from} NEW\``);
  return { kind, from, to };
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
