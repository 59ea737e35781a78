/**
 * Turns a generator of a machine's module into a registry entry in the style of existing ones, and selects it
 * for the machines that have it.
 */

import {
  appendListItem,
  attributeText,
  eolOf,
  indentOf,
  insertBelow,
  lineAround,
  stringText,
} from '../../edits/edits.ts';
import { bindingNamedAt, expressionsAt, lastLiteralList } from '../../edits/locate.ts';
import { findsNames, reindented } from '../../edits/moved-text.ts';
import type { TextEdit } from '../../edits/text-edit.ts';
import type { Matrix, Registry, RegistryKey } from '../../fleet/model/registries.ts';
import { hasWith } from '../../nix/expressions.ts';
import type { SourceFile } from '../../nix/source.ts';
import {
  type AttrBinding,
  type AttrSetExpr,
  type Expr,
  type LambdaExpr,
  literalText,
} from '../../nix/syntax.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Refactoring, WrittenGenerator } from './generator-at.ts';

export function toRegistry(snapshot: Snapshot, written: WrittenGenerator): Refactoring[] {
  const { fleet } = snapshot;
  const [registry, ...registries] = fleet.registries;
  const matrices = fleet.matrices.filter(candidate => candidate.registry === registry?.file);
  const [matrix] = matrices;
  if (registry === undefined || registries.length > 0 || matrix === undefined || matrices.length > 1)
    return [];
  const { name, machines, machinesComplete } = written.generator;
  if (!registry.closed || !matrix.closed || !machinesComplete || machines === null || machines.length === 0)
    return [];
  if (registry.keys.some(({ key, generator }) => key === name || generator?.value === name)) return [];
  if (written.named.file.path === registry.file) return [];
  const entry = entryEdit(snapshot, registry, written);
  const rows = rowEdits(snapshot, matrix, machines, name);
  const gone = declarationGone(written);
  if (entry === null || rows === null || gone === null) return [];
  const title = `Move "${name}" into the registry`;
  return [{ title, kind: 'extract', edits: [entry, ...rows, gone], moves: [] }];
}

/** Returns the edit that removes the binding with its lines, and a resulting duplicate blank line. */
function declarationGone({ named: { file, binding } }: WrittenGenerator): TextEdit | null {
  const first = lineAround(file, binding);
  const last = lineAround(file, { start: binding.end - 1, end: binding.end });
  if (file.text.slice(first.start, binding.start).trim() !== '') return null;
  if (file.text.slice(binding.end, last.contentEnd).trim() !== '') return null;
  const before = file.text.slice(0, first.start);
  const after = file.text.slice(last.end);
  // Removes one of two blank lines, and a blank line at the beginning or end of the set.
  const isSetOff = /([{\n])[ \t]*\r?\n$/.test(before);
  const below = isSetOff ? (/^[ \t]*\r?\n/.exec(after)?.[0].length ?? 0) : 0;
  const above = below === 0 && /^[ \t]*\}/.test(after) ? /(?<=\n)[ \t]*\r?\n$/.exec(before)?.[0].length : 0;
  return { file: file.path, start: first.start - (above ?? 0), end: last.end + below, text: '' };
}

/**
 * Returns the edits that add the key to each machine's row, or null unless each machine has and reads its own
 * row.
 */
function rowEdits(
  { fleet, files }: Snapshot,
  matrix: Matrix,
  machines: readonly string[],
  key: string,
): TextEdit[] | null {
  const edits: TextEdit[] = [];
  const reading = new Set(
    [...fleet.units.values()].flatMap(({ assignments }) =>
      assignments.flatMap(assignment => assignment.machines),
    ),
  );
  for (const machine of machines) {
    const row = matrix.rows.find(matrixRow => matrixRow.machine === machine && !matrixRow.shared);
    const source = row === undefined ? null : files.parse(row.at.file);
    const value = row && source ? bindingNamedAt(source, row.at)?.binding.value : undefined;
    const list = value === undefined ? null : lastLiteralList(value);
    if (!source || list === null || !reading.has(machine)) return null;
    edits.push(appendListItem(source, list, stringText(key)));
  }
  return edits;
}

/** A complete entry with a script, which serves as a model for new entries. */
interface Model {
  readonly key: RegistryKey;
  readonly binding: AttrBinding;
  /** The helper that creates it, as written, or `null` without a helper. */
  readonly helper: string | null;
  readonly fields: AttrSetExpr;
  /** The arguments that the helper accepts, or `null` for any. */
  readonly takes: ReadonlySet<string> | null;
}

function entryEdit({ files }: Snapshot, registry: Registry, written: WrittenGenerator): TextEdit | null {
  const source = files.parse(registry.file);
  const model = source === null ? null : modelIn(source, registry);
  if (source === null || model === null) return null;
  const { named, body } = written;
  const { value } = named.binding;
  if (value.kind !== 'attrs' || !findsNames(value, source, model.binding.start) || hasWith(value))
    return null;
  const bodyIndent = bindingIndent(named.file, value);
  const last = registry.keys
    .flatMap(({ at }) => (at.file === source.path ? (bindingNamedAt(source, at)?.binding ?? []) : []))
    .reduce((a, b) => (b.end > a.end ? b : a), model.binding);
  const indent = indentOf(source, last.start);
  const parts: string[] = [];
  for (const binding of value.bindings) {
    const [first] = binding.kind === 'bind' ? binding.path : [];
    if (first?.kind !== 'name') return null;
    if (model.takes !== null && !model.takes.has(first.name)) return null;
    const text = reindented(named.file, binding, bodyIndent, `${indent}  `);
    if (text === null) return null;
    parts.push(text.join(eolOf(source)));
  }
  const ruledOut = new Set(
    value.bindings.flatMap(binding =>
      binding.kind === 'bind' && binding.path[0]?.kind === 'name' ? [binding.path[0].name] : [],
    ),
  );
  const metadata = metadataOf(
    source,
    model,
    body.files.map(file => file.name),
    written.generator.name,
    ruledOut,
  );
  if (metadata === null) return null;
  const opening = model.helper === null ? '{' : `${model.helper} {`;
  const lines = [
    `${indent}${attributeText(written.generator.name)} = ${opening}`,
    ...[...metadata, ...parts].map(part => `${indent}  ${part}`),
    `${indent}};`,
  ];
  return insertBelow(source, last, ['', ...lines.flatMap(line => line.split('\n'))]);
}

/** Returns the indentation of bindings in a set. */
function bindingIndent(file: SourceFile, set: AttrSetExpr): string {
  const [first] = set.bindings;
  return first === undefined ? '' : indentOf(file, first.start);
}

/** Returns the last entry with a script whose helper passes the script on unchanged. */
function modelIn(source: SourceFile, registry: Registry): Model | null {
  for (const key of registry.keys.toReversed()) {
    const binding = key.at.file === source.path ? bindingNamedAt(source, key.at) : null;
    if (binding === null || binding.binding.path.length !== 1) continue;
    const { value } = binding.binding;
    const fields =
      value.kind === 'attrs'
        ? value
        : value.kind === 'apply' && value.arg.kind === 'attrs'
          ? value.arg
          : null;
    if (fields === null || key.generator === null) continue;
    const script = fieldOf(fields, 'script')?.value;
    if (script?.kind !== 'string' || key.body.script?.text !== evaluated(script)) continue;
    const helper = value.kind === 'apply' ? value.fn : null;
    const lambda = helper === null ? null : lambdaOf(source, helper);
    if (helper !== null && lambda?.formals == null) continue;
    return {
      key,
      binding: binding.binding,
      helper: helper === null ? null : source.text.slice(helper.start, helper.end),
      fields,
      takes:
        lambda?.formals == null || lambda.ellipsis
          ? null
          : new Set(lambda.formals.map(formal => formal.name.name)),
    };
  }
  return null;
}

function evaluated(script: Expr): string | null {
  return script.kind === 'string' ? literalText(script.parts) : null;
}

function fieldOf(fields: AttrSetExpr, name: string): AttrBinding | undefined {
  return fields.bindings.find(
    (binding): binding is AttrBinding =>
      binding.kind === 'bind' &&
      binding.path.length === 1 &&
      binding.path[0]?.kind === 'name' &&
      binding.path[0].name === name,
  );
}

/** Returns the function that a name refers to in this file. */
function lambdaOf(source: SourceFile, helper: Expr): LambdaExpr | null {
  if (helper.kind !== 'variable') return null;
  for (const scope of expressionsAt(source, helper.start).reverse()) {
    if (scope.kind !== 'let' && !(scope.kind === 'attrs' && scope.recursive)) continue;
    for (const binding of scope.bindings) {
      const [name] = binding.kind === 'bind' ? binding.path : [];
      if (binding.kind === 'bind' && name?.kind === 'name' && name.name === helper.name)
        return binding.value.kind === 'lambda' ? binding.value : null;
    }
  }
  return null;
}

/** Defaults of generator options that an entry must state explicitly. */
const DEFAULTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    share: 'false',
    runtimeInputs: '[ ]',
    dependencies: '[ ]',
  }),
);

/** Returns the metadata of an entry, or `null` if it cannot be derived. */
function metadataOf(
  source: SourceFile,
  { fields, helper }: Model,
  files: readonly string[],
  name: string,
  ruledOut: ReadonlySet<string>,
): string[] | null {
  const [main] = files;
  if (main === undefined) return null;
  const lines: string[] = [`generator = ${stringText(name)};`];
  for (const binding of fields.bindings) {
    const [field, ...more] = binding.kind === 'bind' ? binding.path : [];
    if (binding.kind !== 'bind' || field?.kind !== 'name') return null;
    if (field.name === 'generator' || OWN.has(field.name) || more.length > 0) continue;
    if (ruledOut.has(field.name)) continue;
    const fallback = DEFAULTS.get(field.name);
    if (fallback !== undefined) {
      // A helper has its own defaults.
      if (helper === null) lines.push(`${field.name} = ${fallback};`);
    } else if (field.name === 'envVar') lines.push('envVar = null;');
    else if (field.name === 'fileAttr') lines.push(`fileAttr = ${stringText(main)};`);
    else if (field.name === 'description') lines.push(`description = ${stringText(name)};`);
    else if (field.name !== 'secret') {
      // Without better information, take domain and kind from the previous entry.
      const text = source.text.slice(binding.value.start, binding.value.end);
      if (binding.value.kind !== 'string' || text.includes('\n')) return null;
      lines.push(`${field.name} = ${text};`);
    }
  }
  return lines;
}

/** Attributes of the generator itself. */
const OWN: ReadonlySet<string> = new Set(['files', 'prompts', 'script']);
