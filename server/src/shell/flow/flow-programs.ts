/**
 * Follows programs: the table of tools lists the arguments that a program reads and writes; those of an unlisted program may be either.
 */
import { type FileTool, fileTool, type Role } from '../programs/file-tools.ts';
import { SPECIAL_TOOLS } from '../programs/file-tools-special.ts';
import { readOptions } from '../programs/tool-options.ts';
import type { ToolRun } from '../programs/tool-run.ts';
import type { Argument, CommandFact, Field } from './flow-facts.ts';
import { noteText } from './flow-redirects.ts';
import { isDevice, mayBeOutput, noteOpaque, noteRead, noteWrite } from './flow-run.ts';
import type { Expansion } from './flow-words.ts';
import {
  literal,
  parentPath,
  pathOf,
  type ShellPath,
  text,
  type Value,
  variablesIn,
  withSuffix,
} from './values.ts';

export function runProgram(cx: Expansion, fact: CommandFact, words: readonly Field[]): void {
  const run = toolRun(cx, fact, words);
  const name = fact.name ?? '';
  const special = Object.hasOwn(SPECIAL_TOOLS, name) ? SPECIAL_TOOLS[name] : undefined;
  if (special) {
    special(run);
    return;
  }
  const tool = fileTool(
    name,
    words.map(word => literal(word.value)),
  );
  if (tool === null) {
    for (const word of words) run.unknown(word);
    return;
  }
  runTable(run, tool);
}

function runTable(run: ToolRun, tool: FileTool): void {
  const { options, operands } = readOptions(run.words, tool);
  for (const { word, role, value, name } of options) {
    if (role === null || value === null) run.option(word);
    else take(run, { ...word, value }, role, !tool.unsure?.includes(name));
    const also = tool.also?.[name];
    if (also !== undefined && value !== null && role === 'write') {
      for (const suffix of also) run.write(word, withSuffix(run.path({ ...word, value }), suffix));
    }
  }
  for (const [index, word] of operands.entries()) {
    take(run, word, tool.operands?.[index] ?? tool.rest ?? 'unknown', true);
  }
}

function take(run: ToolRun, word: Field, role: Role, sure: boolean): void {
  if (role === 'write') run.write(word, run.path(word), sure);
  else if (role === 'change') run.write(word, run.path(word), sure, 'change');
  else if (role === 'read') run.read(word);
  else if (role === 'text') run.text(word);
  else if (role === 'directory') run.directory(word);
  else if (role === 'make') makeDirectory(run, word);
  else if (role === 'ignore') run.option(word);
  else run.unknown(word);
}

/** Follows `mkdir`, which also creates parent directories with `-p`. */
function makeDirectory(run: ToolRun, word: Field): void {
  const path = run.path(word);
  const parents = run.words.some(option => /^(-\w*p|--parents$)/.test(literal(option.value) ?? ''));
  const above: ShellPath[] = [];
  for (let at = parentPath(path); parents && at.rest !== null && at.rest !== ''; at = parentPath(at))
    above.unshift(at);
  for (const directory of [...above, path]) run.write(word, directory, true, 'directory');
}

function toolRun(cx: Expansion, fact: CommandFact, words: readonly Field[]): ToolRun {
  const { run, state } = cx;
  // A hole, or a word with an unknown number of fields, may add options or shift operands.
  const sure = state.checked && !words.some(word => word.many);
  const role = (word: Field, value: Argument['role']): void => {
    const argument = fact.arguments.find(
      ({ start, role: before }) => start === word.start && before === 'unknown',
    );
    if (argument) argument.role = value;
  };
  const path = (word: Field): ShellPath => pathOf(word.value, state.cwd);
  const self: ToolRun = {
    cx,
    fact,
    words,
    sure,
    path,
    read(word, file = path(word)) {
      role(word, 'read');
      if (literal(word.value) === '-') return;
      noteRead(run, state, { at: word, path: file, how: 'file', command: fact.index });
    },
    write(word, file, isSure = true, how = 'command') {
      role(word, 'write');
      if (literal(word.value) === '-') return;
      noteWrite(run, state, { at: word, path: file, how, command: fact.index, sure: sure && isSure });
    },
    text(word) {
      role(word, 'text');
      noteText(cx, word, word.value, fact.index);
    },
    option(word) {
      role(word, 'option');
    },
    directory(word) {
      role(word, 'write');
      const at = path(word);
      if (isDevice(at)) return;
      if (mayBeOutput(run, at)) noteOpaque(run, 'directory', word, at.root === 'variable' ? at : null);
      noteRead(run, state, { at: word, path: at, how: 'argument', command: fact.index });
    },
    below(word, at) {
      if (mayBeOutput(run, at)) noteOpaque(run, 'directory', word, at);
    },
    unknown(word) {
      noteUnknown(cx, word, fact.index);
    },
  };
  return self;
}

/** Records an argument of an unknown program, which may read it, and write it if it is an output. */
function noteUnknown(cx: Expansion, word: Field, command: number): void {
  const { run, state } = cx;
  const names = variablesIn(word.value);
  if (word.many && word.value.some(part => part.kind === 'hole')) noteOpaque(run, 'unknown-command', word);
  if (names.length === 0) return;
  const path = pathOf(placeIn(word.value), state.cwd);
  if (names.some(name => run.options.outputs.includes(name))) {
    noteOpaque(run, 'unknown-command', word, path.root === 'variable' ? path : null);
  }
  if (names.some(name => run.options.directories.includes(name))) {
    noteRead(run, state, { at: word, path, how: 'argument', command });
  }
}

/** Returns the path in a word: `$out/x` in `--file=$out/x`, `file:$out/x` or `of=$out/x`. */
function placeIn(value: Value): Value {
  const [first, ...rest] = value;
  if (first?.kind !== 'text' || rest[0]?.kind !== 'variable') return value;
  return /^[-\w.]*[=:]$/.test(first.text) ? rest : [...text(first.text), ...rest];
}
