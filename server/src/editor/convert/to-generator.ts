/**
 * Rewrites declarations of secrets as generators that prompt for the value, keeping owner, group, mode and so
 * on. Edits text; returns null if something cannot be kept as written.
 */

import { attributeText, eolOf, indentOf, insertBelow, lineAround } from '../../edits/edits.ts';
import { expressionsAt } from '../../edits/locate.ts';
import { reindented } from '../../edits/moved-text.ts';
import type { TextEdit } from '../../edits/text-edit.ts';
import { bindsName } from '../../nix/expressions.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { AttrBinding, Expr } from '../../nix/syntax.ts';
import type { WrittenSecret } from './secret-syntax.ts';

export interface NewGenerator {
  /** The name of the generator, its file and its prompt. */
  readonly name: string;
  readonly share: boolean;
  /** True if the value has several lines, or ends with a newline. */
  readonly multiline: boolean;
}

/** Options for the source of a secret, which a generator does not need. */
export const SOURCES: ReadonlySet<string> = new Set(['sopsFile', 'key', 'format', 'file', 'rekeyFile']);

/** Options with the same name in both. */
export const KEPT: ReadonlySet<string> = new Set(['owner', 'group', 'mode', 'restartUnits']);

/** Further options that can be translated. */
export const TRANSLATED: ReadonlySet<string> = new Set(['neededForUsers']);

/**
 * Replaces the declarations in a file by generators.
 *
 * @param secrets all in one file @returns null if one of them cannot be rewritten
 */
export function declaredAnew(
  secrets: readonly { readonly written: WrittenSecret; readonly generator: NewGenerator }[],
): TextEdit[] | null {
  const edits: TextEdit[] = [];
  const outers = new Set(secrets.map(secret => secret.written.outer));
  for (const outer of outers) {
    const inside = secrets.filter(secret => secret.written.outer === outer);
    const [first] = inside;
    if (first === undefined) continue;
    const { file, prefix } = first.written;
    const indent = indentOf(file, outer.start);
    const blocks: string[][] = [];
    for (const { written, generator } of inside) {
      const lines = generatorLines(written, generator);
      if (lines === null) return null;
      blocks.push(
        lines.map((line, i) => (i === 0 ? indent + prefix + line : line === '' ? '' : indent + line)),
      );
    }
    const gone = new Set(inside.flatMap(use => use.written.bindings));
    if (isGone(outer, gone)) {
      const eol = eolOf(file);
      const text = blocks
        .map(lines => lines.join(eol))
        .join(eol)
        .slice(indent.length);
      edits.push({ file: file.path, start: outer.start, end: outer.end, text });
    } else {
      const lines = blocks.flatMap(block => ['', ...block]);
      edits.push(insertBelow(file, outer, lines));
      for (const binding of topmost(outer, gone)) edits.push(takenOut(file, binding));
    }
    // Of `sops.secrets.x.owner = …; sops.secrets.x.mode = …;`, the first binding is replaced by the generator
    // and the others are removed.
    for (const { written } of inside)
      if (written.bindings.includes(outer))
        for (const binding of written.bindings) if (binding !== outer) edits.push(takenOut(file, binding));
  }
  return edits;
}

/** Returns whether a binding becomes empty. */
function isGone(binding: AttrBinding, gone: ReadonlySet<AttrBinding>): boolean {
  if (gone.has(binding)) return true;
  const { value } = binding;
  return (
    value.kind === 'attrs' &&
    value.bindings.length > 0 &&
    value.bindings.every(candidate => candidate.kind === 'bind' && isGone(candidate, gone))
  );
}

/** Returns the outermost bindings below one that become empty. */
function topmost({ value }: AttrBinding, gone: ReadonlySet<AttrBinding>): AttrBinding[] {
  const inner = value.kind === 'attrs' ? value.bindings : [];
  return inner.flatMap(binding => {
    if (binding.kind !== 'bind') return [];
    return isGone(binding, gone) ? [binding] : topmost(binding, gone);
  });
}

/** Returns the edit that removes a binding, including its lines if it is alone on them. */
function takenOut(file: SourceFile, binding: AttrBinding): TextEdit {
  const first = lineAround(file, binding);
  const last = lineAround(file, { start: binding.end - 1, end: binding.end });
  const before = file.text.slice(first.start, binding.start);
  const after = file.text.slice(binding.end, last.contentEnd);
  if (/^\s*$/.test(before) && /^\s*(#.*)?$/.test(after))
    return { file: file.path, start: first.start, end: last.end, text: '' };
  const space = /[ \t]*$/.exec(before)?.[0].length ?? 0;
  const start = /^\s*$/.test(before) ? binding.start : binding.start - space;
  return { file: file.path, start, end: binding.end, text: '' };
}

/** Returns the lines of a generator; the first has no indentation. */
function generatorLines(written: WrittenSecret, generator: NewGenerator): string[] | null {
  const options = optionLines(written);
  if (options === null) return null;
  const [first = '', ...lines] = bodyLines(generator, options);
  return [`clan.core.vars.generators.${attributeText(generator.name)} = ${first}`, ...lines];
}

/** Returns the value of a generator that only prompts, as lines ending with a semicolon. */
export function bodyLines(
  { name: plain, share, multiline }: NewGenerator,
  options: readonly (readonly string[])[] = [],
): string[] {
  const name = attributeText(plain);
  return [
    '{',
    ...(share ? ['  share = true;'] : []),
    ...fileLines(name, options),
    `  prompts.${name} = {`,
    `    type = "${multiline ? 'multiline-hidden' : 'hidden'}";`,
    '    persist = true;',
    '  };',
    '};',
  ];
}

function fileLines(name: string, options: readonly (readonly string[])[]): string[] {
  const [only, ...others] = options;
  if (only === undefined) return [];
  const [first, ...more] = only;
  if (others.length === 0 && more.length === 0) return [`  files.${name}.${first}`];
  return [`  files.${name} = {`, ...options.flatMap(lines => lines.map(line => `    ${line}`)), '  };'];
}

/** Returns the options of the file as bindings, or `null` if one cannot be kept as written. */
function optionLines(written: WrittenSecret): string[][] | null {
  const { file, options, definition } = written;
  const lines: string[][] = [];
  for (const { name, value } of options) {
    if (SOURCES.has(name)) continue;
    if (name === 'neededForUsers') {
      if (definition.neededForUsers === null) return null;
      if (definition.neededForUsers.value) lines.push(['neededFor = "users";']);
      continue;
    }
    // Clan accepts fewer modes.
    if (name === 'mode' && !/^0?[0-7]{3}$/.test(definition.mode?.value ?? '')) return null;
    const text = KEPT.has(name) ? valueLines(file, value) : null;
    if (text === null || text[0] === 'null') return null;
    const [first = '', ...more] = text;
    const start = name === 'mode' ? first.replace(/^"(\d{3})"$/, '"0$1"') : first;
    const all = [`${name} = ${start}`, ...more];
    all[all.length - 1] += ';';
    lines.push(all);
  }
  const group = ownersGroup(written);
  return group === null ? null : [...lines, ...group];
}

/** Returns the lines of a value. Several lines keep their indentation relative to the name. */
function valueLines(file: SourceFile, value: Expr): string[] | null {
  const text = file.text.slice(value.start, value.end);
  if (!text.includes('\n')) return [text];
  // In a multi-line string, indentation is significant.
  if (value.kind === 'string') return null;
  return reindented(file, value, indentOf(file, value.start), '');
}

/**
 * Returns an explicit `group` if the group has any permissions: sops-nix and agenix default to the owner's
 * group, clan to root. Null if it cannot be written here.
 */
function ownersGroup({ file, options, definition, outer }: WrittenSecret): string[][] | null {
  const owner = options.find(option => option.name === 'owner');
  if (
    owner === undefined ||
    definition.definedOptions.includes('group') ||
    !definition.definedOptions.includes('mode')
  )
    return [];
  const mode = definition.mode?.value;
  if (mode === undefined) return null;
  if ((Number.parseInt(mode, 8) & 0o070) === 0) return [];
  const ownerName = definition.owner?.value;
  if (ownerName === 'root' || ownerName === '0') return [];
  if (!expressionsAt(file, outer.start).some(expr => bindsName(expr, 'config'))) return null;
  const text = file.text.slice(owner.value.start, owner.value.end);
  const isLiteral = owner.value.kind === 'string' && ownerName !== undefined && text === `"${ownerName}"`;
  if (text.includes('\n')) return null;
  const user = isLiteral ? attributeText(ownerName) : `\${${text}}`;
  return [[`group = config.users.users.${user}.group;`]];
}
