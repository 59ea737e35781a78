/** Renders the hover card of a machine, at its declaration, at its matrix row and where the row is read. */
import { nixSaysOfMachine } from '../../checks/facts/eval/nix-says.ts';
import { counted } from '../../checks/facts/wording.ts';
import type { Machine } from '../../fleet/model/base.ts';
import { code, plain } from '../words/markdown.ts';
import type { HoverContext } from './hover-context.ts';
import { sharedRowCard } from './hover-list.ts';
import { definedPhrase } from './hover-words.ts';

const MAX_KEYS = 30;

/**
 * Returns the card of a row, or null if the name is not known.
 *
 * @param matrix the file of the row's matrix, or null for any matrix that has the row
 */
export function rowCard(context: HoverContext, name: string, matrix: string | null): string | null {
  const machine = context.index.machines.get(name) ?? null;
  const list = machine === null ? sharedCard(context, name, matrix) : null;
  if (list !== null) return list;
  const row = matrix === null ? anyRow(context, name) : context.index.row(matrix, name);
  if (!machine && !row) return null;
  const parts = [`**${plain(name)}** · ${machine ? machinePhrase(machine) : 'no such machine is known'}`];
  const lines: string[] = [];
  if (row) {
    const keys = row.keys.slice(0, MAX_KEYS).map(({ key }) => code(key));
    const more = row.keys.length > MAX_KEYS ? ', …' : row.complete ? '' : ' and perhaps more';
    lines.push(`- ${counted(row.keys.length, 'key')}: ${keys.join(', ')}${more}`);
  } else if (matrix !== null) lines.push('- The matrix has no row for it');
  const machineGenerators = context.snapshot.fleet.generators.filter(({ machines }) =>
    machines?.includes(name),
  );
  if (machineGenerators.length > 0) lines.push(`- ${counted(machineGenerators.length, 'generator')}`);
  const nix = nixSaysOfMachine(context.snapshot.fleet.nix, name);
  if (nix !== null) lines.push(`- ${plain(nix.sentence)}`);
  if (lines.length > 0) parts.push(lines.join('\n'));
  parts.push(
    ...definedPhrase(
      context,
      [machine?.at, row?.at].filter(at => at !== null && at !== undefined),
    ),
  );
  return parts.join('\n\n');
}

/** Returns the card of a row without a machine, which is a list shared by others. */
function sharedCard(context: HoverContext, name: string, matrix: string | null): string | null {
  const written = context.snapshot.fleet.matrices.find(({ file }) => file === matrix);
  return written === undefined ? null : sharedRowCard(context, written, name);
}

function machinePhrase({ class: kind, system, tags }: Machine): string {
  const words = ['machine'];
  if (system !== null) words.push(plain(system));
  else if (kind !== null) words.push(kind === 'nixos' ? 'NixOS' : 'nix-darwin');
  if (tags.length > 0) words.push(tags.map(plain).join(', '));
  return words.join(' · ');
}

function anyRow(context: HoverContext, name: string) {
  for (const { file } of context.snapshot.fleet.matrices) {
    const row = context.index.row(file, name);
    if (row) return row;
  }
  return null;
}
