/** Determines from the tree, without following it, which variables a part of a script may set. */
import type { Statement, Word, WordPart } from '../syntax.ts';

export interface AssignedNames {
  readonly names: ReadonlySet<string>;
  /** True if there may be more names: `eval`, `source`, a computed name. */
  readonly unseen: boolean;
}

/** Commands that set variables whose names are their arguments. */
const SETTERS = new Set([
  'read',
  'mapfile',
  'readarray',
  'printf',
  'getopts',
  'local',
  'export',
  'declare',
  'typeset',
  'readonly',
  'let',
  'wait',
]);
const UNSEEN = new Set(['eval', 'source', '.']);
const BUILTIN_PREFIXES = new Set(['command', 'builtin', 'time']);

interface Walk {
  readonly names: Set<string>;
  unseen: boolean;
}

export function assignedNames(body: readonly Statement[]): AssignedNames {
  const walk: Walk = { names: new Set(), unseen: false };
  statements(walk, body);
  return walk;
}

export function assignedIn(body: readonly Statement[]): ReadonlySet<string> {
  return assignedNames(body).names;
}

function statements(walk: Walk, body: readonly Statement[]): void {
  for (const statement of body) visit(walk, statement);
}

function visit(walk: Walk, statement: Statement): void {
  switch (statement.kind) {
    case 'simple':
    case 'declare': {
      for (const { name, value, list } of statement.assignments) {
        add(walk, name);
        for (const word of [value, ...(list ?? [])]) if (word) words(walk, [word]);
      }
      const list = statement.kind === 'simple' ? statement.words : statement.options;
      words(walk, list);
      if (statement.kind === 'simple') {
        setters(walk, list);
        for (const { target, heredoc } of statement.redirects) words(walk, [target, heredoc]);
      } else if (list.some(word => wordText(word) === null)) walk.unseen = true;
      return;
    }
    case 'unset':
      words(walk, statement.words);
      return;
    case 'pipeline':
      statements(walk, statement.stages);
      return;
    case 'not':
    case 'background':
    case 'function':
      visit(walk, statement.body);
      return;
    case 'list':
      statements(walk, [statement.left, statement.right]);
      return;
    case 'group':
    case 'subshell':
      statements(walk, statement.body);
      return;
    case 'redirected':
      for (const { target, heredoc } of statement.redirects) words(walk, [target, heredoc]);
      visit(walk, statement.body);
      return;
    case 'if':
      for (const branch of statement.branches) statements(walk, [...branch.condition, ...branch.body]);
      statements(walk, statement.otherwise ?? []);
      return;
    case 'for':
      add(walk, statement.name);
      words(walk, statement.words ?? []);
      statements(walk, statement.body);
      return;
    case 'loop':
      for (const name of statement.assigns) add(walk, name);
      parts(walk, statement.inner);
      statements(walk, [...statement.condition, ...statement.body]);
      return;
    case 'case':
      words(walk, [statement.subject]);
      for (const item of statement.items) statements(walk, item.body);
      return;
    case 'test':
      words(walk, statement.words);
      return;
    case 'arithmetic':
      for (const name of statement.assigns) add(walk, name);
      parts(walk, statement.inner);
      return;
    case 'unreadable':
      walk.unseen = true;
      return;
  }
}

/**
 * Adds the names that `read -r a b`, `printf -v a …` or `command read x` may set. Every word that could be a name
 * counts.
 */
function setters(walk: Walk, list: readonly Word[]): void {
  const texts = list.map(wordText);
  // The `.` in `jq .` is no builtin; only the command name counts.
  const first = texts.findIndex(
    text => text === null || !(BUILTIN_PREFIXES.has(text) || text.startsWith('-')),
  );
  const named = texts[first];
  if (named != null && UNSEEN.has(named)) walk.unseen = true;
  if (named === null && texts.some(text => text !== null && UNSEEN.has(text))) walk.unseen = true;
  if (texts[0] === null && list[0]?.parts.every(part => part.kind === 'hole')) walk.unseen = true;
  if (!texts.some(text => text !== null && SETTERS.has(text))) return;
  texts.forEach((text, index) => {
    if (text === null && SETTERS.has(texts[0] ?? '') && texts[0] !== 'printf' && index > 0)
      walk.unseen = true;
    const name = /^-?[a-zA-Z]*?([A-Za-z_]\w*)/.exec(text ?? '');
    if (text !== null && name) for (const word of text.match(/[A-Za-z_]\w*/g) ?? []) add(walk, word);
  });
  if (texts.some(text => text === 'read' || text === 'getopts'))
    for (const name of ['REPLY', 'OPTARG', 'OPTIND']) add(walk, name);
  if (texts.some(text => text === 'mapfile' || text === 'readarray')) add(walk, 'MAPFILE');
}

function add(walk: Walk, name: string): void {
  if (/^\w+$/.test(name)) walk.names.add(name);
  else walk.unseen = true;
}

/** Returns the text of a word without expansions, or `null` if there is one. */
export function wordText(word: Word): string | null {
  let text = '';
  for (const part of word.parts) {
    if (part.kind !== 'text') return null;
    text += part.text;
  }
  return text;
}

function words(walk: Walk, list: readonly (Word | null)[]): void {
  for (const word of list) if (word) parts(walk, word.parts);
}

function parts(walk: Walk, list: readonly WordPart[]): void {
  for (const part of list) {
    if (part.kind === 'command' || part.kind === 'process') statements(walk, part.body);
    else if (part.kind === 'brace') for (const choice of part.choices) parts(walk, choice);
    else if (part.kind === 'arithmetic') {
      for (const name of part.assigns) add(walk, name);
      parts(walk, part.inner);
    } else if (part.kind === 'variable') {
      if (part.operator === ':=' || part.operator === '=') add(walk, part.name);
      words(walk, [part.fallback]);
      parts(walk, part.inner);
    }
  }
}
