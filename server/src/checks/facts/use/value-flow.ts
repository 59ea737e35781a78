/**
 * Where the value of an expression goes, as it is written: the functions that it is given to, the strings it stands
 * in, the option it is assigned to; through the names that `let` gives it. Pure syntax: nothing is evaluated. What
 * cannot be followed ends there, so that the answer is what certainly happens to the value, not all that may.
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

/** One step of the way out. */
export type Step =
  | {
      /** An argument of a function that is written by its name. */
      readonly kind: 'call';
      /** The last part of the name: `readFile` for `builtins.readFile`; '' where it has none. */
      readonly name: string;
      /** From 0. */
      readonly argument: number;
      readonly at: Range;
    }
  | {
      /** `a.b = …`; `''` for a name that is computed. */
      readonly kind: 'attribute';
      readonly names: readonly string[];
      /** The last name. */
      readonly at: Range;
      /** The set that has it. */
      readonly within: AttrSetExpr;
    }
  | {
      readonly kind: 'text';
      readonly string: StringExpr;
      readonly hole: HolePart;
    }
  /** `joined`: with something else, by `+`. */
  | {
      readonly kind: 'condition';
      readonly at: Range;
      /** What has to be so. */
      readonly test: Range;
    }
  | { readonly kind: 'item' | 'function' | 'joined'; readonly at: Range }
  /** Something else is made of it: a comparison, a selection. */
  | { readonly kind: 'other'; readonly at: Range };

/** A way from the expression outwards, innermost step first. */
export interface Way {
  readonly steps: readonly Step[];
  /** All names of attributes on the way, outermost first, without those of sets that are given to functions. */
  readonly option: readonly string[];
}

/** More than a module names one thing. */
const MAX_WAYS = 24;

/** By the root of the tree: the steps hold parts of it, and are dropped with it. */
const known = new WeakMap<Expr, Map<string, readonly Way[]>>();

/** Returns the ways that the value at a place goes: one, or one for each mention of the name that it has. */
export function waysFrom(file: SourceFile, at: Range): readonly Way[] {
  const { root } = file;
  let ways = known.get(root);
  if (ways === undefined) {
    ways = new Map();
    known.set(root, ways);
  }
  const key = `${at.start}:${at.end}`;
  let way = ways.get(key);
  if (way === undefined) {
    way = follow(file, at, [], new Set());
    ways.set(key, way);
  }
  return way;
}

function follow(file: SourceFile, at: Range, before: readonly Step[], seen: Set<Range>): Way[] {
  const chain = chainTo(file.root, at);
  const steps: Step[] = [...before];
  for (let i = chain.length - 1; i > 0; i--) {
    const inner = chain[i] as Expr;
    const outer = chain[i - 1] as Expr;
    if (outer.kind === 'let' && inner !== outer.body) {
      const name = nameBound(outer, inner);
      if (name === null || seen.has(inner) || !isPlain(steps)) return [wayOf(steps)];
      seen.add(inner);
      const mentions = mentionsOf(outer, name).slice(0, MAX_WAYS);
      if (mentions.length === 0) return [wayOf(steps)];
      return mentions.flatMap(mention => follow(file, mention, steps, seen)).slice(0, MAX_WAYS);
    }
    const step = stepOut(outer, inner);
    if (step !== null) steps.push(step);
  }
  return [wayOf(steps)];
}

/**
 * Returns the expressions around a range, outermost first, down to the one that is exactly it or the first inside it.
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

/** Is what is bound to the name still the value, or a text with it? A set or a function that holds it is not. */
function isPlain(steps: readonly Step[]): boolean {
  return steps.every(({ kind }) => PLAIN.has(kind));
}

/** Returns where a name of a `let` is written below it, as long as nothing nearer has the name. */
function mentionsOf(within: LetExpr, name: string): Expr[] {
  const found: Expr[] = [];
  const pending = [...childrenOf(within)];
  for (let expr = pending.pop(); expr !== undefined; expr = pending.pop()) {
    if (expr.kind === 'variable' && expr.name === name) found.push(expr);
    else if (!bindsName(expr, name)) pending.push(...childrenOf(expr));
  }
  return found.sort((a, b) => a.start - b.start);
}

const CONDITIONS = /^(mkIf|optionalAttrs|optionals?|optionalString|mkAssert)$/;
/** What these are given is what they give. */
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

/** `a + b` is a text with both; what joins sets and lists keeps what is in them. */
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

function wayOf(steps: readonly Step[]): Way {
  const option: string[] = [];
  for (const step of steps) {
    if (step.kind === 'call' && option.length > 0 && !GENERATES.test(step.name)) option.length = 0;
    if (step.kind === 'attribute') option.unshift(...step.names);
  }
  return { steps, option: option[0] === 'config' ? option.slice(1) : option };
}

/** Functions that give each of several names the set they are given, or make a set of a list. */
const GENERATES =
  /^(genAttrs|genAttrs'|mapAttrs'?|mapAttrsToList|map|nameValuePair|listToAttrs|optionals?|flip|recursiveUpdate|filterAttrs|concatMapAttrs|foldl'?|imap[01]|forEach|concatMap)$/;

/** Returns whether the value arrives as it is: alone, at most in quotes and under a condition. */
export function isItself(steps: readonly Step[]): boolean {
  return steps.every(step => step.kind === 'condition' || (step.kind === 'text' && isAlone(step)));
}

/** `"${…}"` and nothing else. */
function isAlone({ string }: Extract<Step, { kind: 'text' }>): boolean {
  return string.parts.length === 1;
}

/** Below which attribute is it assigned, and by which steps did it get there? Null: to none. */
export function assignedTo(
  way: Way,
): { readonly attribute: Extract<Step, { kind: 'attribute' }>; readonly steps: readonly Step[] } | null {
  const index = way.steps.findIndex(step => step.kind === 'attribute');
  const attribute = way.steps[index];
  return attribute?.kind === 'attribute' ? { attribute, steps: way.steps.slice(0, index) } : null;
}

/** Returns whether the way goes into a generator's own declaration. */
export function isInGenerator({ option }: Way): boolean {
  const at = option.indexOf('generators');
  return at > 0 && option[at - 1] === 'vars';
}

/** Returns whether some part of the way is taken only if files are there. */
export function isIfThere(file: SourceFile, { steps }: Way): boolean {
  return steps.some(
    step =>
      step.kind === 'condition' &&
      /\b(pathExists|readDir|exists)\b/.test(file.text.slice(step.test.start, step.test.end)),
  );
}
