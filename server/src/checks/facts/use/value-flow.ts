/**
 * Follows where the value of an expression goes in the source: the functions it is passed to, the strings it is
 * part of, the option it is assigned to, and the `let` names it is bound to. Pure syntax, without evaluation. A
 * path ends where it cannot be followed, so the result is what certainly happens to the value, not everything
 * that may.
 */

import { childAround } from '../../../edits/locate.ts';
import { bindsName, childrenOf } from '../../../nix/expressions.ts';
import type { SourceFile } from '../../../nix/source.ts';
import {
  type ApplyExpr,
  type AttrSetExpr,
  type Expr,
  type HolePart,
  type LetExpr,
  type Range,
  type StringExpr,
  writtenName,
} from '../../../nix/syntax.ts';

/** One step outwards from the expression. */
export type Step =
  | {
      /** An argument of a function that is called by name. */
      readonly kind: 'call';
      /** The last part of the name: `readFile` for `builtins.readFile`; '' if there is none. */
      readonly name: string;
      /** 0-based. */
      readonly argument: number;
      readonly at: Range;
    }
  | {
      /** An assignment, `a.b = …`; `''` for a computed name. */
      readonly kind: 'attribute';
      readonly names: readonly string[];
      /** The place of the last name. */
      readonly at: Range;
      /** The set that contains the attribute. */
      readonly within: AttrSetExpr;
    }
  | {
      readonly kind: 'text';
      readonly string: StringExpr;
      readonly hole: HolePart;
    }
  /** `joined`: concatenated with something else by `+`. */
  | {
      readonly kind: 'condition';
      readonly at: Range;
      /** The condition that must hold. */
      readonly test: Range;
    }
  | { readonly kind: 'item' | 'function' | 'joined'; readonly at: Range }
  /** Something else is computed from it: a comparison, a selection. */
  | { readonly kind: 'other'; readonly at: Range };

/** A path outwards from the expression, innermost step first. */
export interface ValuePath {
  readonly steps: readonly Step[];
  /** All attribute names along the path, outermost first, without those of sets passed to functions. */
  readonly option: readonly string[];
}

/** The maximum number of paths to follow for one value. */
const MAX_WAYS = 24;

/** By the root of the tree: the steps hold parts of it and are dropped with it. */
const waysByRoot = new WeakMap<Expr, Map<string, readonly ValuePath[]>>();

/** Returns the paths of the value at a place: one, or one for each mention of its name. */
export function valuePathsFrom(file: SourceFile, at: Range): readonly ValuePath[] {
  const { root } = file;
  let ways = waysByRoot.get(root);
  if (ways === undefined) {
    ways = new Map();
    waysByRoot.set(root, ways);
  }
  const key = `${at.start}:${at.end}`;
  let way = ways.get(key);
  if (way === undefined) {
    way = follow(file, at, [], new Set());
    ways.set(key, way);
  }
  return way;
}

function follow(file: SourceFile, at: Range, before: readonly Step[], seen: Set<Range>): ValuePath[] {
  const chain = chainTo(file.root, at);
  const steps: Step[] = [...before];
  for (let i = chain.length - 1; i > 0; i--) {
    const inner = chain[i] as Expr;
    const outer = chain[i - 1] as Expr;
    if (outer.kind === 'let' && inner !== outer.body) {
      const name = nameBound(outer, inner);
      if (name === null || seen.has(inner) || !isPlain(steps)) return [valuePathOf(steps)];
      seen.add(inner);
      const mentions = mentionsOf(outer, name).slice(0, MAX_WAYS);
      if (mentions.length === 0) return [valuePathOf(steps)];
      return mentions.flatMap(mention => follow(file, mention, steps, seen)).slice(0, MAX_WAYS);
    }
    const step = stepOut(outer, inner);
    if (step !== null) steps.push(step);
  }
  return [valuePathOf(steps)];
}

/**
 * Returns the expressions around a range, outermost first, ending with the one at exactly that range or the
 * first inside it.
 */
function chainTo(root: Expr, at: Range): Expr[] {
  const chain: Expr[] = [];
  for (let next: Expr | undefined = root; next !== undefined; ) {
    chain.push(next);
    if (next.start === at.start && next.end === at.end) break;
    next = childAround(next, at);
  }
  return chain;
}

function nameBound(within: LetExpr, value: Expr): string | null {
  for (const binding of within.bindings) {
    if (binding.kind !== 'bind' || binding.value !== value || binding.path.length !== 1) continue;
    const [name] = binding.path;
    return name?.kind === 'name' ? name.name : null;
  }
  return null;
}

const PLAIN: ReadonlySet<Step['kind']> = new Set(['call', 'text', 'condition', 'joined'] as const);

/** Matches functions of nixpkgs that make a file or package of the texts in the set they are given. */
const WRITES = /^(writeShellApplication|writeText(File|Dir)?|runCommand\w*|replaceVars\w*|mkDerivation)$/;

/**
 * Returns whether the bound value is still the value, or a text or package that contains it, rather than a set or a
 * function that holds it.
 */
function isPlain(steps: readonly Step[]): boolean {
  const written = steps.findLastIndex(step => step.kind === 'call' && WRITES.test(step.name));
  return steps.every(({ kind }, index) => PLAIN.has(kind) || (kind === 'attribute' && index < written));
}

/** Returns the mentions of a `let` name in its scope, excluding those where an inner binding shadows it. */
function mentionsOf(within: LetExpr, name: string): Expr[] {
  const mentions: Expr[] = [];
  const pending = [...childrenOf(within)];
  for (let expr = pending.pop(); expr !== undefined; expr = pending.pop()) {
    if (expr.kind === 'variable' && expr.name === name) mentions.push(expr);
    else if (!bindsName(expr, name)) pending.push(...childrenOf(expr));
  }
  return mentions.sort((a, b) => a.start - b.start);
}

const CONDITIONS = /^(mkIf|optionalAttrs|optionals?|optionalString|mkAssert)$/;
/** Matches functions that return their argument. */
const TRANSPARENT =
  /^(mkForce|mkDefault|mkOverride|mkMerge|mkBefore|mkAfter|mkOrder|mkVMOverride|toString|id)$/;

function stepOut(outer: Expr, inner: Expr): Step | null {
  switch (outer.kind) {
    case 'string': {
      const hole = outer.parts.find(part => part.kind === 'hole' && part.expr === inner);
      return hole?.kind === 'hole' ? { kind: 'text', string: outer, hole } : null;
    }
    case 'attrs':
      return attributeStep(outer, inner);
    case 'apply':
      return outer.arg === inner ? callStep(outer) : { kind: 'other', at: outer };
    case 'if':
      if (outer.condition === inner) return { kind: 'other', at: outer };
      return { kind: 'condition', at: outer, test: outer.condition };
    case 'assert':
      return outer.condition === inner ? { kind: 'other', at: outer } : null;
    case 'list':
      return { kind: 'item', at: outer };
    case 'lambda':
      return { kind: 'function', at: outer };
    case 'let':
      return null;
    case 'with':
      return outer.scope === inner ? { kind: 'other', at: outer } : null;
    case 'binary':
      return binaryStep(outer);
    default:
      return { kind: 'other', at: outer };
  }
}

/**
 * Returns the step for a binary operator. `a + b` is a text with both; operators that join sets and lists keep
 * their elements.
 */
function binaryStep(outer: Extract<Expr, { kind: 'binary' }>): Step | null {
  if (outer.operator === '++' || outer.operator === '//') return null;
  if (outer.operator === '+') return { kind: 'joined', at: outer };
  return { kind: 'other', at: outer };
}

function attributeStep(outer: AttrSetExpr, inner: Expr): Step | null {
  const binding = outer.bindings.find(candidate => candidate.kind === 'bind' && candidate.value === inner);
  const last = binding?.kind === 'bind' ? binding.path.at(-1) : undefined;
  if (binding?.kind !== 'bind' || last === undefined) return { kind: 'other', at: outer };
  const names = binding.path.map(name => (name.kind === 'name' ? name.name : ''));
  return { kind: 'attribute', names, at: last, within: outer };
}

function callStep(outer: ApplyExpr): Step | null {
  let head: Expr = outer.fn;
  let argument = 0;
  for (; head.kind === 'apply'; head = head.fn) argument++;
  const last = head.kind === 'select' ? head.path.at(-1) : undefined;
  const name = writtenName(head);
  if (CONDITIONS.test(name)) {
    const wants = name === 'mkAssert' ? 2 : 1;
    if (argument !== wants || outer.fn.kind !== 'apply') return { kind: 'other', at: outer };
    return { kind: 'condition', at: outer, test: outer.fn };
  }
  if (TRANSPARENT.test(name)) return null;
  return { kind: 'call', name, argument, at: last ?? head };
}

function valuePathOf(steps: readonly Step[]): ValuePath {
  const option: string[] = [];
  for (const step of steps) {
    if (step.kind === 'call' && option.length > 0 && !GENERATES.test(step.name)) option.length = 0;
    if (step.kind === 'attribute') option.unshift(...step.names);
  }
  return { steps, option: option[0] === 'config' ? option.slice(1) : option };
}

/** Matches functions that assign the set they are given to several names, or turn a list into a set. */
const GENERATES =
  /^(genAttrs|genAttrs'|mapAttrs'?|mapAttrsToList|map|nameValuePair|listToAttrs|optionals?|flip|recursiveUpdate|filterAttrs|concatMapAttrs|foldl'?|imap[01]|forEach|concatMap)$/;

/** Returns whether the value arrives unchanged: alone, at most in quotes or under a condition. */
export function isItself(steps: readonly Step[]): boolean {
  return steps.every(step => step.kind === 'condition' || (step.kind === 'text' && isAlone(step)));
}

/** Returns whether a string is `"${…}"` and nothing else. */
function isAlone({ string }: Extract<Step, { kind: 'text' }>): boolean {
  return string.parts.length === 1;
}

/**
 * Returns the attribute that the value is assigned to, with the steps up to there, or null if there is none.
 */
export function assignedTo(
  way: ValuePath,
): { readonly attribute: Extract<Step, { kind: 'attribute' }>; readonly steps: readonly Step[] } | null {
  const index = way.steps.findIndex(step => step.kind === 'attribute');
  const attribute = way.steps[index];
  return attribute?.kind === 'attribute' ? { attribute, steps: way.steps.slice(0, index) } : null;
}

/** Names behind which a module stands, with the number of names that say which one: `modules.nixos.mail`. */
const MODULES: ReadonlyMap<string, number> = new Map([
  ['nixosModule', 0],
  ['darwinModule', 0],
  ['nixosModules', 1],
  ['darwinModules', 1],
  ['homeModules', 1],
  ['modules', 2],
]);

/**
 * Returns the attribute names along the path from the module outwards: without what a flake, or a service with its roles,
 * calls the module.
 */
export function optionInModule({ option }: ValuePath): readonly string[] {
  const last = option.findLastIndex(name => MODULES.has(name));
  const inModule = option.slice(last < 0 ? 0 : last + 1 + (MODULES.get(option[last] as string) ?? 0));
  return inModule[0] === 'config' ? inModule.slice(1) : inModule;
}

/** Returns whether the path ends in a generator's own declaration. */
export function isInGenerator({ option }: ValuePath): boolean {
  const at = option.indexOf('generators');
  return at > 0 && option[at - 1] === 'vars';
}

/** Returns whether part of the path is conditional on the existence of files. */
export function isIfThere(file: SourceFile, { steps }: ValuePath): boolean {
  return steps.some(
    step =>
      step.kind === 'condition' &&
      /\b(pathExists|readDir|exists)\b/.test(file.text.slice(step.test.start, step.test.end)),
  );
}
