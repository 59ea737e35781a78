/**
 * Renders the hover card of one of the fleet's own options: its type, its declaration, and the machines that set it.
 */
import { joined } from '../../checks/facts/wording.ts';
import { textOf } from '../../modules/options/accepts.ts';
import type { WrittenEntry } from '../../modules/options/option.ts';
import type { Place } from '../../nix/places.ts';
import { positionAt } from '../../nix/source.ts';
import { declaredAt, definitionsAt, optionsByFile } from '../names/own-options.ts';
import { code, plain } from '../words/markdown.ts';
import type { HoverContext } from './hover-context.ts';

/** The maximum number of machines to list; more are counted. */
const MOST = 6;

/**
 * Returns the card of an option, or null.
 *
 * @param path the option's path as in documentation
 */
export function ownOptionCard(context: HoverContext, path: string): string | null {
  const { snapshot } = context;
  const options = snapshot.fleet.options;
  const names = path.split('.');
  const tree = declaredAt(optionsByFile(options).tree, names);
  const [option] = tree?.declared ?? [];
  if (tree === null || option === undefined) return null;
  const lines = [`- Type: ${plain(textOf(option.type))}`];
  lines.push(
    option.fallback !== null
      ? `- Default: ${code(option.fallback)}`
      : option.hasDefault
        ? '- It has a default'
        : '- It must be set',
  );
  const places = tree.declared.flatMap(({ at }) => (at === null ? [] : [placeText(context, at)]));
  if (places.length > 0) lines.push(`- Declared in ${joined(places)}`);
  lines.push(...setLines(context, names));
  const text = option.description === null ? [] : [plain(option.description)];
  return [`**${plain(path)}** · option of the fleet`, ...text, lines.join('\n')].join('\n\n');
}

function setLines(context: HoverContext, path: readonly string[]): string[] {
  const byText = new Map<string, string[]>();
  for (const [machine, { modules }] of context.snapshot.fleet.options.machines)
    for (const { options, sure } of modules)
      for (const entry of definitionsAt(options, path)) {
        const text = sure ? valueText(context, entry) : null;
        if (text === null) continue;
        const same = byText.get(text);
        if (same === undefined) byText.set(text, [machine]);
        else if (!same.includes(machine)) same.push(machine);
      }
  if (byText.size === 0) return ['- No machine sets it'];
  return [...byText].map(([text, machines]) => `- ${text} on ${machinesText(machines)}`);
}

function machinesText(machines: readonly string[]): string {
  const sorted = [...machines].sort();
  return sorted.length > MOST ? `${sorted.length} machines` : joined(sorted.map(plain), MOST);
}

function valueText(context: HoverContext, { at, definitions }: WrittenEntry): string | null {
  const [only, ...others] = definitions;
  if (at === null) return null;
  const where = placeText(context, at);
  const scalar = others.length === 0 ? only?.value.scalar : undefined;
  if (scalar === undefined) return `Set in ${where}`;
  const written = typeof scalar === 'string' ? JSON.stringify(scalar) : String(scalar);
  return written.length > 60 ? `Set in ${where}` : `${code(written)} (${where})`;
}

/** Returns the file and line, as a link if the editor can open it. */
function placeText({ snapshot, link }: HoverContext, at: Place): string {
  const file = snapshot.files.parse(at.file);
  const line = file === null ? '' : `:${positionAt(file.lineStarts, at.start).line + 1}`;
  const address = link(at);
  const text = code(`${at.file}${line}`);
  return address === null ? text : `[${text}](${address})`;
}
