/**
 * A secret of sops-nix becomes a generator that asks for the value: what it says of owner and mode goes along, and
 * those who read its path read that of the generator's file.
 */
import { namedAt } from '../../checks/edit-bindings.ts';
import { attributeText, eolOf, indentOf, insertBelow, lineAround } from '../../checks/edits.ts';
import { mayBeSame } from '../../checks/generator/io.ts';
import { expressionsAt } from '../../checks/locate.ts';
import type { TextEdit } from '../../checks/rule.ts';
import { mentionsSecrets, type SecretDefinition, type SecretUse } from '../../fleet/secrets.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { AttrBinding, AttrSetExpr } from '../../nix/syntax.ts';
import { indexOf } from '../index.ts';
import { machineFiles } from '../machine-files.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Refactoring } from './generator-at.ts';

export function fromSops(snapshot: Snapshot, file: string, offset: number): Refactoring[] {
  const { fleet } = snapshot;
  // Most files have nothing to do with it, and the editor asks at each step of the cursor.
  if (!mentionsSecrets(snapshot.files.text(file) ?? '')) return [];
  const facts = fleet.secrets();
  const definition = facts
    .find(one => one.file === file)
    ?.definitions.find(({ at }) => at.file === file && at.start <= offset && offset <= at.end);
  if (definition === undefined || !isConvertible(definition)) return [];
  // A module of a user has no generators; that of a machine has.
  const isOfMachine = machineFiles(fleet).has(file);
  const same = facts.flatMap(one => one.definitions).filter(one => mayBeSame(one.name, definition.name));
  const generator = definition.name.replaceAll('/', '-');
  if (!fleet.isClan || !isOfMachine || same.length !== 1 || indexOf(snapshot).generators.has(generator))
    return [];
  const uses = facts.flatMap(one => one.uses).filter(one => mayBeSame(one.name, definition.name));
  const edits = [...(declaredAnew(snapshot, definition, generator) ?? [null])];
  for (const use of uses) edits.push(usedAnew(snapshot, use, definition.name, generator));
  if (!edits.every(edit => edit !== null)) return [];
  return [
    {
      title: `Convert to a generator "${generator}" that asks for the value`,
      kind: 'rewrite',
      edits,
      moves: [],
    },
  ];
}

/** Options of sops-nix that say where it is decrypted from: a generator does not need them. */
const SOURCES: ReadonlySet<string> = new Set(['sopsFile', 'key', 'format']);
/** Options that both have under the same name. */
const KEPT: ReadonlySet<string> = new Set(['owner', 'group', 'mode', 'restartUnits']);

function isConvertible({
  keeper,
  nameKind,
  name,
  conditional,
  complete,
  given,
  via,
}: SecretDefinition): boolean {
  if (keeper !== 'sops' || nameKind !== 'literal' || conditional || !complete || via.length > 0) return false;
  const known = given.every(one => SOURCES.has(one) || KEPT.has(one) || one === 'neededForUsers');
  return known && /^[\w.+@-]+(\/[\w.+@-]+)*$/.test(name);
}

/** The declaration taken out, and that of the generator in its place. Null where it cannot be told how it is written. */
function declaredAnew(
  { files }: Snapshot,
  definition: SecretDefinition,
  generator: string,
): TextEdit[] | null {
  const named = namedAt(files, definition.at);
  if (named === null || named.index !== named.binding.path.length - 1) return null;
  const { file, binding } = named;
  const { value } = binding;
  const options = value.kind === 'attrs' ? optionsOf(file, value, definition) : null;
  if (options === null) return null;
  const outer = outermost(file, binding);
  if (outer === null) return null;
  const name = attributeText(generator);
  const indent = indentOf(file, outer.start);
  const lines = [
    `clan.core.vars.generators.${name} = {`,
    ...fileLines(name, options),
    `  prompts.${name} = {`,
    '    type = "hidden";',
    '    persist = true;',
    '  };',
    '};',
  ].map(line => indent + line);
  if (outer === binding) {
    const text = lines.join(eolOf(file)).slice(indent.length);
    return [{ file: file.path, start: binding.start, end: binding.end, text }];
  }
  const line = lineAround(file, binding);
  const isAlone =
    file.text.slice(line.start, binding.start).trim() === '' &&
    /^\s*\r?\n/.test(file.text.slice(binding.end));
  if (!isAlone) return null;
  const last = lineAround(file, { start: binding.end - 1, end: binding.end });
  return [
    { file: file.path, start: line.start, end: last.end, text: '' },
    insertBelow(file, outer, ['', ...lines]),
  ];
}

function fileLines(name: string, options: readonly string[]): string[] {
  const [only, ...others] = options;
  if (only === undefined) return [];
  if (others.length === 0) return [`  files.${name}.${only}`];
  return [`  files.${name} = {`, ...options.map(option => `    ${option}`), '  };'];
}

/** What the file is to be told, as bindings; null where something of it cannot be taken over as it is written. */
function optionsOf(
  file: SourceFile,
  set: AttrSetExpr,
  { given, neededForUsers }: SecretDefinition,
): string[] | null {
  const options: string[] = [];
  // What is said of it beside the set would be left behind.
  if (set.bindings.length !== given.length) return null;
  for (const binding of set.bindings) {
    const [name, ...more] = binding.kind === 'bind' ? binding.path : [];
    if (binding.kind !== 'bind' || name?.kind !== 'name' || more.length > 0) return null;
    if (SOURCES.has(name.name)) continue;
    const text = file.text.slice(binding.value.start, binding.value.end);
    if (name.name === 'neededForUsers') {
      if (neededForUsers === null) return null;
      if (neededForUsers.value) options.push('neededFor = "users";');
    } else if (text.includes('\n')) return null;
    else
      options.push(`${name.name} = ${name.name === 'mode' ? text.replace(/^"(\d{3})"$/, '"0$1"') : text};`);
  }
  return options;
}

/** The binding in the module's own set that the secret is in: it begins with `sops`. */
function outermost(file: SourceFile, inner: AttrBinding): AttrBinding | null {
  for (const expr of expressionsAt(file, inner.start)) {
    if (expr.kind !== 'attrs') continue;
    for (const binding of expr.bindings) {
      if (binding.kind !== 'bind' || inner.start < binding.start || binding.end < inner.end) continue;
      const [first] = binding.path;
      if (first?.kind === 'name' && first.name === 'sops') return binding;
    }
  }
  return null;
}

/** `config.sops.secrets.x.path` as the path of the generator's file; null for anything else that reads the secret. */
function usedAnew(
  { files }: Snapshot,
  { at, of, keeper, attribute, name, nameAt }: SecretUse,
  secret: string,
  generator: string,
): TextEdit | null {
  const text = files.text(at.file)?.slice(at.start, at.end);
  if (keeper !== 'sops' || of !== 'secret' || attribute !== 'path' || name !== secret || text === undefined)
    return null;
  const inText = files.text(at.file)?.slice(nameAt.start, nameAt.end) ?? '';
  const tail = `sops.secrets.${inText}.path`;
  if (!text.endsWith(tail) || (inText !== secret && inText !== `"${secret}"`)) return null;
  const file = attributeText(generator);
  const start = at.end - tail.length;
  return { file: at.file, start, end: at.end, text: `clan.core.vars.generators.${file}.files.${file}.path` };
}
