/**
 * Moves a public file derived from a secret one into its own generator, so that it can be regenerated in
 * another format or with another tool without a new secret.
 */

import { type FollowedScript, followed } from '../../checks/facts/followed-scripts.ts';
import { callsUnknownCode, mayRunUnknownInOut } from '../../checks/facts/generator/script-io.ts';
import { removed } from '../../edits/edit-script.ts';
import { attributeText, indentOf, insertBelow, lineAround, stringText } from '../../edits/edits.ts';
import { reindented } from '../../edits/moved-text.ts';
import { editAt, type TextEdit } from '../../edits/text-edit.ts';
import type { GeneratorFile } from '../../fleet/model/generators.ts';
import type { Range, Statement } from '../../shell/syntax.ts';
import type { Move } from '../../store/vars/moves.ts';
import { readVars } from '../../store/vars/vars.ts';
import { indexOf } from '../names/fleet-index.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Refactoring, WrittenGenerator } from './generator-at.ts';

export function splitPublic(snapshot: Snapshot, written: WrittenGenerator, offset: number): Refactoring[] {
  const { body, generator } = written;
  const script = followed(body.script);
  const secrets = body.files.filter(({ secret }) => secret === true);
  const publics = body.files.filter(({ secret }) => secret === false);
  if (script === null || secrets.length === 0 || publics.length === 0) return [];
  if (callsUnknownCode(script.flow) || mayRunUnknownInOut(script.flow) || script.tree.body.length < 2)
    return [];
  const here = publics.find(file => file.at.start <= offset && offset <= file.at.end);
  return (here ? [here] : publics).flatMap(file => {
    const name = freeName(snapshot, `${generator.name}-${file.name.replace(/^.*\./, '')}`);
    const edits = editsFor(snapshot, written, script, file, name);
    if (edits === null) return [];
    const title = `Make "${file.name}" in a generator of its own, "${name}"`;
    return [{ title, kind: 'extract', edits, moves: movesOf(snapshot, generator.name, file.name, name) }];
  });
}

function freeName(snapshot: Snapshot, wanted: string): string {
  const { generators } = indexOf(snapshot);
  for (let name = wanted, count = 2; ; name = `${wanted}-${count++}`) if (!generators.has(name)) return name;
}

function editsFor(
  snapshot: Snapshot,
  { body, generator, definition, named }: WrittenGenerator,
  script: FollowedScript,
  file: GeneratorFile,
  name: string,
): TextEdit[] | null {
  const statement = makerOf(script, file, body.files);
  const at = statement === null ? null : script.placeOf(statement);
  const source = named.file;
  const declared = declarationOf(snapshot, source.path, file);
  if (statement === null || at?.file !== source.path || declared === null) return null;
  const taken = removed(snapshot.files, at);
  // Re-indented as a block, so that a here-document keeps its relative indentation.
  const moved = reindented(source, at, indentOf(source, at.start), '')?.join('\n') ?? null;
  if (taken === null || moved === null || moved.includes('${') || moved.includes("''")) return null;
  const uses = usesOf(snapshot, generator.name, file.name, name);
  if (uses === null) return null;

  const indent = indentOf(source, named.binding.start);
  const owner = source.text.slice(named.binding.start, definition.at.start);
  const command = moved.replace(OUT, (whole, path: string) =>
    path === file.name ? whole : whole.replace('out', `in/${generator.name}`),
  );
  const packages = body
    .options()
    .find(option => option.of === 'generator' && option.name === 'runtimeInputs');
  const packagesText = packages?.valueAt
    ? source.text.slice(packages.valueAt.start, packages.valueAt.end)
    : null;
  if (packagesText?.includes('\n')) return null;
  const lines = [
    `${owner}${attributeText(name)} = {`,
    ...(body.share === true ? ['  share = true;'] : []),
    `  dependencies = [ ${stringText(generator.name)} ];`,
    `  files.${attributeText(file.name)}.secret = false;`,
    ...(packagesText === null ? [] : [`  runtimeInputs = ${packagesText};`]),
    "  script = ''",
    ...command.split('\n').map(line => (line === '' ? '' : `    ${line}`)),
    "  '';",
    '};',
  ].map(line => (line === '' ? '' : indent + line));
  return [insertBelow(source, named.binding, ['', ...lines]), taken, declared, ...uses];
}

const OUT = /\$\{?out\}?"?\/"?([\w.+@=-]+)/g;

/**
 * Returns the only statement that writes the file, if it reads secrets of the generator and has no other
 * effect.
 */
function makerOf(
  { flow, tree }: FollowedScript,
  file: GeneratorFile,
  all: readonly GeneratorFile[],
): Statement | null {
  const inside = (range: Range, statement: Statement) =>
    statement.start <= range.start && range.end <= statement.end;
  const outs = flow.writes.filter(({ path }) => path.variable === 'out');
  const makers = tree.body.filter(statement =>
    outs.some(write => write.path.rest === file.name && inside(write, statement)),
  );
  const [maker, ...others] = makers;
  if (maker === undefined || others.length > 0) return null;
  if (maker.kind !== 'simple' && maker.kind !== 'pipeline' && maker.kind !== 'redirected') return null;
  const makerWrites = outs.filter(write => inside(write, maker));
  if (makerWrites.some(write => write.path.rest !== file.name || !write.certain)) return null;
  const reads = flow.reads.filter(read => inside(read, maker) && read.path.root === 'variable');
  const names = new Set(all.map(generatorFile => generatorFile.name));
  const isOwn = reads.every(
    ({ path }) => path.variable === 'out' && names.has(path.rest ?? '') && path.rest !== file.name,
  );
  if (reads.length === 0 || !isOwn) return null;
  // No other statement may need the file, and it may need no variable of theirs.
  const needed = flow.reads.some(
    read => !inside(read, maker) && read.path.variable === 'out' && read.path.rest === file.name,
  );
  const variables = flow.variables.filter(variable => inside(variable, maker) && variable.name !== 'out');
  const assigns = flow.assignments.some(assignment => inside(assignment, maker));
  return needed || variables.length > 0 || assigns ? null : maker;
}

/**
 * Returns the edit that removes the file's declaration, or null unless it is only `files.<name>.secret =
 * false;`.
 */
function declarationOf({ files }: Snapshot, path: string, file: GeneratorFile): TextEdit | null {
  const source = files.parse(path);
  if (source === null || file.at.file !== path) return null;
  const line = lineAround(source, file.at);
  const text = source.text.slice(line.start, line.contentEnd).trim();
  const namePattern = attributeText(file.name).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const isAlone = new RegExp(
    `^(files\\.)?(${namePattern}|"${namePattern}")(\\.secret = false| = \\{ secret = false; \\});$`,
  ).test(text);
  return isAlone ? { file: path, start: line.start, end: line.end, text: '' } : null;
}

/** Returns the edits of uses for the new name, or null if one of them cannot be rewritten. */
function usesOf(snapshot: Snapshot, generator: string, file: string, name: string): TextEdit[] | null {
  const edits: TextEdit[] = [];
  for (const { uses } of snapshot.fleet.units.values())
    for (const use of uses) {
      if (use.generator !== generator || use.fileName !== file) continue;
      const { generatorAt } = use;
      const text = snapshot.files.text(generatorAt.file)?.slice(generatorAt.start, generatorAt.end);
      if (use.by !== 'option' || use.key !== null || text !== attributeText(generator)) return null;
      edits.push(editAt(generatorAt, attributeText(name)));
    }
  const words = indexOf(snapshot).occurrencesOf({ kind: 'file', generator, file });
  // The scripts of other generators would have to depend on the new one as well.
  const isRead = words.some(({ inScript, at }) => {
    const textBefore = snapshot.files.text(at.file)?.slice(Math.max(0, at.start - 200), at.start) ?? '';
    return inScript && /\$\{?in\}?[^\n]*$/.test(textBefore);
  });
  return isRead ? null : edits;
}

function movesOf({ fleet, files }: Snapshot, generator: string, file: string, name: string): Move[] {
  return readVars(files, fleet.directory ?? '').vars.flatMap(stored => {
    if (stored.generator !== generator || stored.file !== file || !stored.current) return [];
    if (stored.kind !== 'public') return [];
    const from = stored.path.slice(0, -'/value'.length);
    const at = from.length - `${generator}/${file}`.length;
    return [{ from, to: `${from.slice(0, at)}${name}/${file}` }];
  });
}
