/**
 * Computes symbols for outlines and for navigation: the declarations of a file, and those of the whole fleet.
 */

import { perObject } from '../../checks/memory/kept.ts';
import { childrenOf } from '../../nix/expressions.ts';
import type { Place } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { Expr, Range } from '../../nix/syntax.ts';
import { indexOf } from '../names/fleet-index.ts';
import { nameOf, type Subject, type Target } from '../names/subjects.ts';
import { filesWithTargets } from '../names/targets.ts';
import type { Snapshot } from '../snapshot.ts';

export type SymbolKind = Subject['kind'] | 'script';

export interface NamedSymbol {
  readonly name: string;
  readonly kind: SymbolKind;
  /** A few words next to the name. */
  readonly detail: string;
  /** The place of the name. */
  readonly at: Place;
  /** The whole declaration. */
  readonly whole: Place;
  readonly children: readonly NamedSymbol[];
}

/** Returns the declarations of a file in order; files, prompts and scripts are nested in their generators. */
export function documentSymbols(snapshot: Snapshot, file: string): readonly NamedSymbol[] {
  const declared = declarationsIn(snapshot, file);
  const parts = declared.filter(({ subject }) => subject.kind === 'file' || subject.kind === 'prompt');
  const named = declared.filter(({ subject }) => subject.kind !== 'file' && subject.kind !== 'prompt');
  const generators = named.filter(({ subject }) => subject.kind === 'generator');
  const ownerOf = (part: Target): Target | undefined =>
    generators
      .filter(({ subject }) => subject.kind === 'generator' && subject.name === generatorOf(part.subject))
      .reduce<Target | undefined>((best, target) => nearer(part, best, target), undefined);
  const twins = keysOfGenerators(snapshot, named);
  const tops = named.filter(top => !twins.has(top));
  const owners = new Map(
    parts.map(part => {
      const owner = ownerOf(part);
      return [part, (owner && twins.get(owner)) ?? owner];
    }),
  );
  const symbols = tops.map(top =>
    withScript(
      snapshot,
      symbolOf(
        snapshot,
        top,
        parts.filter(part => owners.get(part) === top),
      ),
    ),
  );
  const orphans = parts.filter(part => owners.get(part) === undefined);
  return [...symbols, ...orphans.map(part => symbolOf(snapshot, part, []))].sort(
    (a, b) => a.at.start - b.at.start,
  );
}

/** Adds the script of a generator, if it is written in the declaration. */
function withScript(snapshot: Snapshot, symbol: NamedSymbol): NamedSymbol {
  if (symbol.kind !== 'generator' && symbol.kind !== 'key') return symbol;
  const { file, start, end } = symbol.whole;
  const source = snapshot.files.parse(file);
  const script = source === null ? null : scriptIn(source, start, end);
  if (script === null) return symbol;
  const { nameAt, whole } = script;
  const child: NamedSymbol = {
    name: 'script',
    kind: 'script',
    detail: `script of ${symbol.name}`,
    at: { file, ...nameAt },
    whole: { file, ...whole },
    children: [],
  };
  const children = [...symbol.children, child].sort((a, b) => a.whole.start - b.whole.start);
  return { ...symbol, children };
}

interface WrittenScript {
  readonly nameAt: Range;
  readonly whole: Range;
}

/** Returns the first `script = …` within a range. */
function scriptIn(source: SourceFile, start: number, end: number): WrittenScript | null {
  const at = scriptsIn(source).find(({ whole }) => start <= whole.start && whole.end <= end);
  return at ?? null;
}

/** The bindings of scripts of a file, in text order. */
const scriptsIn = perObject((source: SourceFile): readonly WrittenScript[] => {
  const scripts: WrittenScript[] = [];
  const open: Expr[] = [source.root];
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    open.push(...childrenOf(expr));
    if (expr.kind !== 'attrs') continue;
    for (const binding of expr.bindings) {
      const last = binding.kind === 'bind' ? binding.path.at(-1) : undefined;
      if (last?.kind !== 'name' || last.name !== 'script') continue;
      const { start, end } = binding;
      scripts.push({ nameAt: { start: last.start, end: last.end }, whole: { start, end } });
    }
  }
  return scripts.sort((a, b) => a.whole.start - b.whole.start);
});

/**
 * Maps generators to the registry key of the same name whose entry declares them, so that an outline lists them
 * once.
 */
function keysOfGenerators(snapshot: Snapshot, named: readonly Target[]): ReadonlyMap<Target, Target> {
  const keys = named.filter(({ subject }) => subject.kind === 'key');
  const twins = new Map<Target, Target>();
  for (const target of named) {
    const { subject, at } = target;
    if (subject.kind !== 'generator') continue;
    const twin = keys.find(key => {
      const whole = wholeOf(snapshot, key.at);
      return nameOf(key.subject) === subject.name && whole.start <= at.start && at.end <= whole.end;
    });
    if (twin !== undefined) twins.set(target, twin);
  }
  return twins;
}

/** The maximum number of symbols, because editors query again on every keystroke. */
const MAX_SYMBOLS = 500;

/** Returns the declarations of the fleet whose names contain the letters of `query` in order. */
export function workspaceSymbols(snapshot: Snapshot, query: string): readonly NamedSymbol[] {
  const letters = query.toLowerCase();
  const symbols: NamedSymbol[] = [];
  for (const file of filesWithTargets(snapshot.fleet)) {
    for (const target of declarationsIn(snapshot, file)) {
      if (!hasLetters(nameOf(target.subject).toLowerCase(), letters)) continue;
      symbols.push(symbolOf(snapshot, target, []));
      if (symbols.length === MAX_SYMBOLS) return symbols;
    }
  }
  return symbols;
}

function declarationsIn(snapshot: Snapshot, file: string): Target[] {
  return indexOf(snapshot)
    .targetsIn(file)
    .filter(({ role }) => role === 'declaration');
}

function nearer(part: Target, best: Target | undefined, target: Target): Target {
  const distance = (target: Target) => Math.abs(part.at.start - target.at.start);
  return best === undefined || distance(target) < distance(best) ? target : best;
}

function generatorOf(subject: Subject): string | null {
  return subject.kind === 'file' || subject.kind === 'prompt' ? subject.generator : null;
}

const DETAILS: Readonly<Record<Subject['kind'], string>> = {
  key: 'registry key',
  generator: 'generator',
  file: 'file',
  prompt: 'prompt',
  row: 'matrix row',
  machine: 'machine',
  option: 'option of the fleet',
  secret: 'secret',
  template: 'template of sops-nix',
  'encrypted-file': 'rule of agenix',
  'encrypted-key': 'key',
};

function symbolOf(snapshot: Snapshot, { subject, at }: Target, parts: readonly Target[]): NamedSymbol {
  const owner = generatorOf(subject);
  const whole = wholeOf(snapshot, at);
  const children = parts.map(part => symbolOf(snapshot, part, []));
  return {
    name: nameOf(subject),
    kind: subject.kind,
    detail: owner === null ? DETAILS[subject.kind] : `${DETAILS[subject.kind]} of ${owner}`,
    at,
    // Editors require nested symbols to be within the range of their parent.
    whole: {
      file: at.file,
      start: Math.min(whole.start, ...children.map(child => child.whole.start)),
      end: Math.max(whole.end, ...children.map(child => child.whole.end)),
    },
    children,
  };
}

function wholeOf({ files }: Snapshot, at: Place): Place {
  const source = files.parse(at.file);
  const bindings = source && bindingsIn(source);
  // The place of a name may exclude its quotes.
  const range = bindings?.get(at.start) ?? bindings?.get(at.start - 1);
  return range ? { file: at.file, start: range.start, end: range.end } : at;
}

/** The ranges of all bindings of a file by the starts of their names, computed once for all symbols. */
const bindingsIn = perObject((source: SourceFile): ReadonlyMap<number, Range> => {
  const ranges = new Map<number, Range>();
  const open: Expr[] = [source.root];
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    if (expr.kind === 'attrs' || expr.kind === 'let')
      for (const binding of expr.bindings) {
        if (binding.kind !== 'bind') continue;
        const { path, start, end } = binding;
        for (const name of path) ranges.set(name.start, { start, end });
      }
    open.push(...childrenOf(expr));
  }
  return ranges;
});

function hasLetters(name: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = name.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
