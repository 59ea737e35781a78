/**
 * Matches paths with the patterns of the settings: `*`, `?`, `**` and `{a,b}`; everything else is literal. A pattern
 * without `/` matches names in any folder.
 * Patterns may come from untrusted repositories, so they are matched by simulating a state machine: the time is
 * bounded by the length of the path times that of the pattern.
 */

/**
 * An instruction of a compiled pattern: match a character, continue in several ways, or jump. Numbers are indexes
 * into the program.
 */
type Instruction =
  | { readonly kind: 'character'; readonly character: string }
  /** Any character except `/`. */
  | { readonly kind: 'inside' }
  | { readonly kind: 'any' }
  | { readonly kind: 'either'; readonly places: readonly number[] }
  | { readonly kind: 'go'; place: number }
  | { readonly kind: 'end' };

type Program = readonly Instruction[];

/** Returns a test for paths relative to the root. Without patterns it is always false. */
export function matchesAny(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false;
  const programs = patterns.map(anchored).map(pattern => ({
    literal: literalIn(pattern),
    program: compiled(pattern),
  }));
  return path => programs.some(({ literal, program }) => path.includes(literal) && matches(program, path));
}

/** Returns the pattern for whole paths. */
function anchored(pattern: string): string {
  // A trailing slash means a folder and its content; it does not anchor the pattern to the root.
  const bare = pattern.replace(/\/$/, '');
  return bare.includes('/') ? bare.replace(/^\.?\//, '') : `**/${bare}`;
}

/** Returns the longest text that every matching path contains, which most paths of a large fleet lack. */
function literalIn(pattern: string): string {
  const [beforeBraces = ''] = pattern.split('{');
  return beforeBraces
    .split(/\*\*\/|[*?]/)
    .reduce((longest, literal) => (literal.length > longest.length ? literal : longest), '');
}

function compiled(whole: string): Program {
  const program: Instruction[] = [];
  sequence(whole, 0, 0, program);
  // A pattern for a folder matches everything in it.
  const inFolder = program.length + 1;
  program.push({ kind: 'either', places: [inFolder, inFolder + 1 + REPEATED] });
  program.push({ kind: 'character', character: '/' });
  repeated({ kind: 'any' }, program);
  program.push({ kind: 'end' });
  return program;
}

/**
 * Compiles a pattern from an offset to its end or, inside braces, to the `,` or `}` that ends the alternative.
 * @param depth the number of open braces
 * @returns the offset after the compiled part
 */
function sequence(pattern: string, from: number, depth: number, program: Instruction[]): number {
  let at = from;
  while (at < pattern.length) {
    const character = String.fromCodePoint(pattern.codePointAt(at) as number);
    if (depth > 0 && (character === ',' || character === '}')) return at;
    if (pattern.startsWith('**/', at)) {
      // Any number of folders.
      const folders = program.length + 1;
      program.push({ kind: 'either', places: [folders, folders + REPEATED + 1] });
      repeated({ kind: 'any' }, program);
      program.push({ kind: 'character', character: '/' });
      at += 3;
    } else if (pattern.startsWith('**', at)) {
      repeated({ kind: 'any' }, program);
      at += 2;
    } else if (character === '*') {
      repeated({ kind: 'inside' }, program);
      at += 1;
    } else if (character === '{' && depth < MAX_DEPTH && pattern.includes('}', at))
      at = alternatives(pattern, at, depth, program);
    else {
      program.push(character === '?' ? { kind: 'inside' } : { kind: 'character', character });
      at += character.length;
    }
  }
  return at;
}

/**
 * Compiles `{a,b}`.
 * @param from the offset of the opening brace
 * @returns the offset after the closing one
 */
function alternatives(pattern: string, from: number, depth: number, program: Instruction[]): number {
  const places: number[] = [];
  const exits: { kind: 'go'; place: number }[] = [];
  program.push({ kind: 'either', places });
  let at = from;
  do {
    places.push(program.length);
    at = sequence(pattern, at + 1, depth + 1, program);
    const exit = { kind: 'go' as const, place: 0 };
    exits.push(exit);
    program.push(exit);
  } while (pattern[at] === ',');
  for (const exit of exits) exit.place = program.length;
  return at + 1;
}

/** Compiles any number of repetitions of a character. */
function repeated(what: Instruction, program: Instruction[]): void {
  const begin = program.length;
  program.push({ kind: 'either', places: [begin + 1, begin + REPEATED] }, what, { kind: 'go', place: begin });
}

/** Limit for nested braces; deeper ones are literal. */
const MAX_DEPTH = 20;

/** The number of instructions of a repetition. */
const REPEATED = 3;

function matches(program: Program, path: string): boolean {
  let states = new Set<number>();
  enter(program, 0, states);
  for (const character of path) {
    const next = new Set<number>();
    for (const state of states)
      if (takes(program[state] as Instruction, character)) enter(program, state + 1, next);
    if (next.size === 0) return false;
    states = next;
  }
  return [...states].some(state => program[state]?.kind === 'end');
}

function takes(instruction: Instruction, character: string): boolean {
  if (instruction.kind === 'character') return instruction.character === character;
  return instruction.kind === 'any' || (instruction.kind === 'inside' && character !== '/');
}

/** Adds a state and all states reachable from it without consuming a character. */
function enter(program: Program, from: number, states: Set<number>): void {
  const open = [from];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (states.has(state)) continue;
    states.add(state);
    const instruction = program[state];
    if (instruction?.kind === 'either') open.push(...instruction.places);
    if (instruction?.kind === 'go') open.push(instruction.place);
  }
}
