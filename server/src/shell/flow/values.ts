/**
 * Values of words while a script is followed: text with unknown parts. A variable that the script does not set stays
 * symbolic, so that `$dir/x` is the same path everywhere.
 */

export type ValuePart =
  | { readonly kind: 'text'; readonly text: string }
  /** An environment variable. */
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'hole'; readonly text: string }
  /** A file or directory made by `mktemp`, or a pipe. */
  | { readonly kind: 'temporary'; readonly id: number }
  /** The directory in which the script starts. */
  | { readonly kind: 'start' }
  /** An unknown value that was computed from the environment variables in `from`. */
  | { readonly kind: 'unknown'; readonly from: readonly string[] };

export type Value = readonly ValuePart[];

export const EMPTY: Value = [];

export function text(value: string): Value {
  return value === '' ? EMPTY : [{ kind: 'text', text: value }];
}

export function unknownFrom(from: Iterable<string>): Value {
  return [{ kind: 'unknown', from: [...new Set(from)] }];
}

/** Limit for a value's text. Paths are shorter, but text that doubles in a loop is not. */
const MAX_TEXT = 8_000;

export function concat(...values: readonly Value[]): Value {
  const parts: ValuePart[] = [];
  for (const part of values.flat()) {
    const last = parts.at(-1);
    if (part.kind !== 'text' || last?.kind !== 'text') parts.push(part);
    else if (last.text.length + part.text.length > MAX_TEXT) parts.push({ kind: 'unknown', from: [] });
    else parts[parts.length - 1] = { kind: 'text', text: last.text + part.text };
  }
  return parts.length > MAX_PARTS ? unknownFrom(variablesIn(parts)) : parts;
}

const MAX_PARTS = 200;

/** Returns the text of a value if all of it is known. Holes are unknown. */
export function literal(value: Value): string | null {
  if (value.length === 0) return '';
  const [first] = value;
  return value.length === 1 && first?.kind === 'text' ? first.text : null;
}

/** Returns a value for display: `$out/x`, with `…` for unknown parts. */
export function show(value: Value): string {
  return value.map(showPart).join('');
}

function showPart(part: ValuePart): string {
  switch (part.kind) {
    case 'text':
    case 'hole':
      return part.text;
    case 'variable':
      return `$${part.name}`;
    case 'start':
      return '.';
    default:
      return '…';
  }
}

/** Returns the environment variables in a value. */
export function variablesIn(value: Value): string[] {
  const names: string[] = [];
  for (const part of value) {
    if (part.kind === 'variable') names.push(part.name);
    else if (part.kind === 'unknown') names.push(...part.from);
  }
  return names;
}

export function isUncertain(value: Value): boolean {
  return value.some(part => part.kind === 'unknown');
}

/** Returns a key that is equal for equal values. */
export function valueKey(value: Value): string {
  return value
    .map(
      part =>
        `${part.kind}:${'text' in part ? part.text : 'name' in part ? part.name : 'id' in part ? part.id : ''}`,
    )
    .join('\u0001');
}

/** A path in the file system, relative to its root. */
export interface ShellPath {
  /** `variable`: below an environment variable; `start`: below the directory in which the script starts. */
  readonly root: 'variable' | 'absolute' | 'start' | 'temporary' | 'hole' | 'unknown';
  /** The variable's name. For a directory beside the variable's, the name with the suffix: `out-old`. */
  readonly variable: string | null;
  /**
   * The normalised rest without a leading slash: `a/b`, with holes as written; `''` is the root itself. `null` if it
   * is not fully known.
   */
  readonly rest: string | null;
  /** True if `rest` has holes, so that it compares by text with names that have holes. */
  readonly pattern: boolean;
  /** True if it ends with a slash, and so can only be a directory. */
  readonly directory: boolean;
  /** The environment variables that an `unknown` path was computed from. */
  readonly from: readonly string[];
}

/** Returns the path that a value names, relative to the directory `cwd`. */
export function pathOf(value: Value, cwd: Value): ShellPath {
  const [first] = value;
  const absolute = first?.kind === 'text' && first.text.startsWith('/');
  const relative = value.length === 0 || (first?.kind === 'text' && !absolute);
  if (!relative) return rooted(value);
  const [base] = cwd;
  if (base?.kind === 'unknown') return unknownPath(cwd);
  return rooted(concat(cwd, text('/'), value));
}

function unknownPath(value: Value): ShellPath {
  return {
    root: 'unknown',
    variable: null,
    rest: null,
    pattern: false,
    directory: false,
    from: variablesIn(value),
  };
}

function rooted(value: Value): ShellPath {
  const [first, ...rest] = value;
  if (first === undefined || first.kind === 'unknown') return unknownPath(value);
  if (first.kind === 'text') return below('absolute', null, value);
  const next = rest[0];
  const separated = next === undefined || (next.kind === 'text' && next.text.startsWith('/'));
  if (!separated) return besidePath(value) ?? unknownPath(value);
  if (first.kind === 'hole') return below('hole', first.text, rest);
  if (first.kind === 'variable') return below('variable', first.name, rest);
  return below(first.kind, null, rest);
}

/**
 * Returns the path of `$out-old/key`, in a directory beside the variable's that is identified by both: `out-old`.
 * Returns `null` for `$out.tmp`, which may be a file, and for `${out}x` and `$out$x`, which are unknown.
 */
function besidePath([first, next, ...rest]: Value): ShellPath | null {
  if (first?.kind !== 'variable' || next?.kind !== 'text') return null;
  const slash = next.text.indexOf('/');
  if (slash < 0 || /^\w/.test(next.text)) return null;
  // A path that leaves the directory again may lead anywhere.
  if ([next, ...rest].some(part => part.kind !== 'text' || part.text.includes('..'))) return null;
  return below('variable', first.name + next.text.slice(0, slash), [
    { kind: 'text', text: next.text.slice(slash) },
    ...rest,
  ]);
}

function below(root: ShellPath['root'], name: string | null, value: Value): ShellPath {
  const from = variablesIn(value);
  const variable = root === 'variable' || root === 'hole' ? name : null;
  const isKnown = value.every(part => part.kind === 'text' || part.kind === 'hole');
  const shown = show(value);
  const segments: string[] = [];
  for (const segment of isKnown ? segmentsOf(value) : []) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.length > 0) segments.pop();
    else if (root !== 'absolute')
      return unknownPath([{ kind: 'unknown', from: name === null ? from : [...from, name] }]);
  }
  return {
    root,
    variable,
    rest: isKnown ? segments.join('/') : null,
    pattern: value.some(part => part.kind === 'hole'),
    directory: shown.endsWith('/') || shown === '',
    from,
  };
}

/** Splits a value at slashes, except at those inside holes. */
function segmentsOf(value: Value): string[] {
  const segments = [''];
  for (const part of value) {
    const pieces = part.kind === 'text' ? part.text.split('/') : [showPart(part)];
    pieces.forEach((piece, index) => {
      if (index > 0) segments.push('');
      segments[segments.length - 1] += piece;
    });
  }
  return segments;
}

/** Returns a key that is equal for equal paths, or `null` for a path that is not fully known. */
export function pathKey(path: ShellPath): string | null {
  if (path.rest === null || path.root === 'unknown' || path.root === 'temporary') return null;
  return `${path.root}:${path.variable ?? ''}:${path.rest}`;
}

/** Returns the path of a file in a directory. */
export function childPath(path: ShellPath, name: string | null): ShellPath {
  if (path.rest === null || name === null) return { ...path, rest: null, directory: false };
  return { ...path, rest: path.rest === '' ? name : `${path.rest}/${name}`, directory: false };
}

/** Returns the path with a suffix added to its name: `key` and `.pub`. */
export function withSuffix(path: ShellPath, suffix: string): ShellPath {
  return path.rest === null ? path : { ...path, rest: path.rest + suffix, directory: false };
}

export function baseName(path: ShellPath): string | null {
  return path.rest === null || path.rest === '' ? null : (path.rest.split('/').at(-1) ?? null);
}

export function parentPath(path: ShellPath): ShellPath {
  if (path.rest === null || path.rest === '')
    return unknownPath([{ kind: 'unknown', from: [...path.from, path.variable ?? ''] }]);
  return { ...path, rest: path.rest.split('/').slice(0, -1).join('/'), directory: true };
}
