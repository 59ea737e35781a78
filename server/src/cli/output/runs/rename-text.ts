/** Prints what `varsmith rename` has done or would do. */
import { counted } from '../../../checks/facts/wording.ts';
import type { MovedLink } from '../../../store/vars/moved-links.ts';
import type { RenameResult } from '../../../workspace/run-rename.ts';
import { type Io, printable, say } from '../../io.ts';
import { printDiff } from '../check/check-fix.ts';
import { jsonText } from '../json-text.ts';

export interface RenameFormat {
  readonly isJson: boolean;
  readonly isDry: boolean;
}

/** Prints a rename. */
export function writeRename(result: RenameResult, { isJson, isDry }: RenameFormat, io: Io): void {
  if (isJson) io.stdout.write(`${jsonText(renameData(result, isDry))}\n`);
  else writeSentences(result, isDry, io);
}

function renameData({ files, moves, kept }: RenameResult, isDry: boolean) {
  return {
    schemaVersion: 1,
    dryRun: isDry,
    files: files.map(({ path }) => path),
    moves: moves.map(({ from, to }) => ({ from, to })),
    kept: kept.map(({ from }) => from),
  };
}

function writeSentences({ files, moves, kept }: RenameResult, isDry: boolean, io: Io): void {
  const write = (line: string) => io.stdout.write(`${printable(line)}\n`);
  if (isDry)
    printDiff(
      files.map(({ path, before, after }) => ({ path, before: before ?? '', after: after ?? '' })),
      io,
    );
  else for (const { path } of files) write(`changed ${path}`);
  for (const { from, to } of moves) write(`${isDry ? 'would move' : 'moved'} ${from} to ${to}`);
  for (const { from } of kept) say(io, `${from} stays: the files under the new name are generated again.`);
  if (!isDry)
    say(
      io,
      `${counted(files.length, 'file')} changed, ${counted(moves.length, 'folder')} moved, nothing committed: review with "git status".`,
    );
}

/** Prints the links that were updated after files were moved by other means. */
export function writeLinks(root: string, links: readonly MovedLink[], isJson: boolean, io: Io): void {
  const written = links.map(({ from, link }) => ({ from, to: link.path, target: link.target }));
  if (isJson) io.stdout.write(`${jsonText({ schemaVersion: 1, root, links: written })}\n`);
  else for (const { to, target } of written) io.stdout.write(`${printable(`linked ${to} to ${target}`)}\n`);
}
