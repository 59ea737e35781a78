/**
 * Completion in a registry: the arguments of the functions that create its entries (`mkPromptedSecret { … }`),
 * and their values. The arguments come from the function if it is in the same file, otherwise from the other
 * entries.
 */

import type { EntrySource } from '../../checks/facts/registry/entry-families.ts';
import { writtenEntries } from '../../checks/facts/registry/new-entry.ts';
import { counted } from '../../checks/facts/wording.ts';
import { expressionsAt } from '../../edits/locate.ts';
import type { Registry } from '../../fleet/model/registries.ts';
import type { SourceFile } from '../../nix/source.ts';
import { type AttrBinding, type Binding, type Expr, type Formal, literalText } from '../../nix/syntax.ts';
import type { Frame } from '../names/cursor.ts';
import { bindingOf } from '../names/lexical.ts';
import { type Asked, type CompletionItem, item } from './completion-items.ts';

/** An argument that a function accepts. */
interface Argument {
  readonly name: string;
  /**
   * The default, or null if the argument is required. `shown` is its source text, or '' if it is only known to
   * be optional.
   */
  readonly fallback: { readonly shown: string; readonly value: Expr | null } | null;
  /** The values of the argument in other entries, in file order. */
  readonly given: readonly Expr[];
}

/** Matches a name before the `{` of its argument. */
const CALLED = /(?:^|[\s=(])([A-Za-z_][\w'-]*(?:\.[A-Za-z_][\w'-]*)*)\s*\{$/;
const KEYWORDS: ReadonlySet<string> = new Set([
  'in',
  'then',
  'else',
  'rec',
  'let',
  'with',
  'assert',
  'inherit',
]);

export function registryItems(asked: Asked): readonly CompletionItem[] | null {
  const { cursor, index, file, snapshot } = asked;
  const registry = index.registries.get(file);
  const source = registry === undefined ? null : snapshot.files.parse(file);
  if (registry === undefined || source === null) return null;
  const inString = cursor.frames.at(-1)?.kind === 'string';
  const call = cursor.frames.at(inString ? -2 : -1);
  const helper = call?.kind === 'set' ? calledAt(asked, call) : null;
  if (call === undefined || helper === null) return null;
  const callArguments = argumentsOf(source, registry, helper, asked.start);
  if (callArguments.length === 0) return null;
  if (cursor.side === 'name' && cursor.quotedIn === null && !inString)
    return cursor.before.length > 0 ? null : argumentItems(asked, helper, callArguments);
  const field = inString ? cursor.frames.at(-1)?.path.at(-1) : cursor.before.at(-1);
  const argument = callArguments.find(({ name }) => name === field);
  return argument === undefined ? null : valueItems(asked, source, registry, argument, inString);
}

function calledAt({ text }: Asked, { start }: Frame): string | null {
  const name = CALLED.exec(text.slice(Math.max(0, start - 120), start))?.[1];
  return name === undefined || KEYWORDS.has(name) ? null : name;
}

function argumentsOf(
  source: SourceFile,
  registry: Registry,
  helper: string,
  at: number,
): readonly Argument[] {
  const calls = writtenEntries(source, registry).filter(
    writtenEntry => writtenEntry.helper === helper && !holds(writtenEntry, at),
  );
  const givenFor = (name: string) => calls.flatMap(({ fields }) => valuesOf(fields.bindings, name));
  const formals = formalsOf(source, helper, at);
  if (formals !== null)
    return formals.map(({ name: { name }, fallback }) => ({
      name,
      fallback:
        fallback === null
          ? null
          : { shown: source.text.slice(fallback.start, fallback.end), value: fallback },
      given: givenFor(name),
    }));
  const names = new Set(
    calls.flatMap(({ fields }) =>
      fields.bindings.flatMap(binding => (binding.kind === 'bind' ? nameOf(binding) : [])),
    ),
  );
  return [...names].map(name => {
    const argumentText = givenFor(name);
    const users = calls.filter(({ fields }) =>
      fields.bindings.some(binding => binding.kind === 'bind' && nameOf(binding)[0] === name),
    );
    return {
      name,
      fallback: users.length < calls.length ? { shown: '', value: null } : null,
      given: argumentText,
    };
  });
}

function holds({ binding }: EntrySource, at: number): boolean {
  return binding.start <= at && at <= binding.end;
}

/** Returns the parameters of the function if it is bound in a scope around the place. */
function formalsOf(source: SourceFile, helper: string, at: number): readonly Formal[] | null {
  const binding = bindingOf(expressionsAt(source, at), helper);
  return binding?.kind === 'bind' && binding.value.kind === 'lambda' ? binding.value.formals : null;
}

function nameOf({ path }: AttrBinding): string[] {
  const [first] = path;
  return first?.kind === 'name' ? [first.name] : [];
}

function valuesOf(bindings: readonly Binding[], name: string): Expr[] {
  return bindings.flatMap(binding =>
    binding.kind === 'bind' && binding.path.length === 1 && nameOf(binding)[0] === name
      ? [binding.value]
      : [],
  );
}

/** Returns items for the missing arguments: required ones first, in the order of the function. */
function argumentItems(
  { cursor }: Asked,
  helper: string,
  callArguments: readonly Argument[],
): CompletionItem[] {
  const siblings = new Set(cursor.siblings.map(name => name.split('.')[0]));
  return callArguments
    .filter(({ name }) => !siblings.has(name))
    .map((argument, position) => {
      const { name, fallback } = argument;
      const detail =
        fallback === null
          ? 'required'
          : fallback.shown === ''
            ? 'optional'
            : `optional, else ${oneLine(fallback.shown)}`;
      return item(name, 'option', detail, {
        documentation: `Argument of \`${helper}\`, ${detail.replace(/, else (.*)$/, ', default `$1`')}.`,
        insert: `${name} = ${placeholderFor(argument)};`,
        snippet: true,
        rank: (fallback === null ? 0 : callArguments.length) + position,
      });
    });
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

/** Returns a placeholder in the form of the other entries' values, or of the default. */
function placeholderFor({ given, fallback }: Argument): string {
  const model = given[0] ?? fallback?.value ?? null;
  if (model === null) return '$0';
  if (model.kind === 'string') return model.style === 'indented' ? "''\n  $0\n''" : '"$0"';
  if (model.kind === 'list') return '[ $0 ]';
  return model.kind === 'attrs' ? '{ $0 }' : '$0';
}

/**
 * Returns values shared by several entries, such as domains and kinds; `true` and `false` if either is used.
 */
function valueItems(
  { line }: Asked,
  source: SourceFile,
  registry: Registry,
  { name, given, fallback }: Argument,
  inString: boolean,
): readonly CompletionItem[] | null {
  const examples = [...given, ...(fallback?.value ? [fallback.value] : [])];
  if (examples.some(isTruth))
    return inString || !/=\s*$/.test(line)
      ? null
      : ['true', 'false'].map((value, rank) => item(value, 'value', `for \`${name}\``, { rank }));
  const counts = new Map<string, number>();
  for (const { fields } of writtenEntries(source, registry))
    for (const value of valuesOf(fields.bindings, name)) {
      const text = value.kind === 'string' ? literalText(value.parts) : null;
      if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  // Texts that are all different are names and descriptions, which a new entry does not share.
  if (counts.size === 0 || ![...counts.values()].some(count => count > 1)) return null;
  return [...counts].map(([value, count]) =>
    item(value, 'value', `${name} of ${counted(count, 'key')}`, {
      insert: inString ? value : `"${value}"`,
      rank: 1,
    }),
  );
}

function isTruth(value: Expr): boolean {
  return value.kind === 'variable' && (value.name === 'true' || value.name === 'false');
}
