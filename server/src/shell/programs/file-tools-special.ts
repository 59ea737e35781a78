/** Follows programs that no table can describe: those with a language of their own, and those that remove files. */

import type { Field } from '../flow/flow-facts.ts';
import { noteOpaque, noteRemoval } from '../flow/flow-run.ts';
import { literal, show, variablesIn } from '../flow/values.ts';
import { INTERPRETERS, SPECIAL_OPTIONS } from './file-tools.ts';
import { copyTools } from './file-tools-copy.ts';
import { flag, keyTools } from './file-tools-keys.ts';
import { readOptions } from './tool-options.ts';
import type { ToolRun } from './tool-run.ts';

export type SpecialTool = (run: ToolRun) => void;

function remove(run: ToolRun): void {
  for (const word of run.words) {
    if (/^-./.test(literal(word.value) ?? '')) {
      run.option(word);
      continue;
    }
    // A removal is neither a read nor a write.
    run.option(word);
    noteRemoval(run.cx.run, run.cx.state, run.path(word));
  }
}

/** Follows `shred`, which keeps the file unless an option asks for its removal. */
function shred(run: ToolRun): void {
  if (flag(run, /^-\w*u|^--remove/)) remove(run);
  else for (const word of run.words) run.option(word);
}

/** Follows `dd if=… of=…`. */
function dd(run: ToolRun): void {
  for (const word of run.words) {
    const [first, ...rest] = word.value;
    const key = first?.kind === 'text' ? /^(\w+)=/.exec(first.text)?.[1] : undefined;
    if (key === undefined || first?.kind !== 'text') {
      run.unknown(word);
      continue;
    }
    const tail = first.text.slice(key.length + 1);
    const at: Field = {
      ...word,
      value: [...(tail === '' ? [] : [{ kind: 'text' as const, text: tail }]), ...rest],
    };
    if (key === 'of') run.write(at, run.path(at));
    else if (key === 'if') run.read(at);
    else run.option(word);
  }
}

/** Follows `sed`: `-i` changes its files, otherwise it reads them. */
function sed(run: ToolRun): void {
  const { options, operands } = readOptions(run.words, SPECIAL_OPTIONS.sed);
  const inPlace = flag(run, /^(-[nErsz]*i|--in-place)/);
  const hasScript = options.some(
    option => /^(e|expression|f|file)$/.test(option.name) && option.value !== null,
  );
  for (const { word, role, value } of options) {
    if (value === null) run.option(word);
    else if (role === 'read') run.read({ ...word, value });
    else foreignProgram(run, { ...word, value }, /(^|[^a-zA-Z])w\s*[\w./$]/);
  }
  operands.forEach((word, index) => {
    if (!hasScript && index === 0) foreignProgram(run, word, /(^|;|\/[gp0-9]*)w\s+\S/);
    else if (inPlace) {
      run.read(word);
      run.write(word, run.path(word), true, 'change');
    } else run.read(word);
  });
}

/** Follows a program in another language. Its text only shows whether it may write. */
function foreignProgram(run: ToolRun, word: Field, writes: RegExp): void {
  const shown = show(word.value);
  const { outputs, directories } = run.cx.run.options;
  const named = variablesIn(word.value);
  if (writes.test(shown) && (named.some(name => outputs.includes(name)) || mentionsAny(shown, outputs))) {
    noteOpaque(run.cx.run, 'program', word);
  }
  if (named.some(name => directories.includes(name))) run.unknown(word);
  else run.text(word);
}

function mentionsAny(text: string, names: readonly string[]): boolean {
  return names.some(name => new RegExp(`(^|[^A-Za-z0-9_])${name}([^A-Za-z0-9_]|$)`).test(text));
}

function awk(run: ToolRun): void {
  const { options, operands } = readOptions(run.words, SPECIAL_OPTIONS.awk);
  const hasFile = options.some(option => option.role === 'read');
  for (const { word, role, value } of options) {
    if (value === null) run.option(word);
    else if (role === 'read') {
      noteOpaque(run.cx.run, 'program', word);
      run.read({ ...word, value });
    } else run.unknown({ ...word, value });
  }
  operands.forEach((word, index) => {
    if (!hasFile && index === 0) foreignProgram(run, word, />|system|\|/);
    else run.read(word);
  });
}

/**
 * Follows Python, Perl or another shell, whose programs are not analysed. Inline code that names no watched directory
 * has no relevant effect; a file may do anything.
 */
function interpreter(run: ToolRun): void {
  const { run: notes, state } = run.cx;
  const { directories, outputs } = notes.options;
  const inline = run.words.findIndex(word => /^(-c|-e|-E|-\w*c|--eval|-m)$/.test(literal(word.value) ?? ''));
  const program = inline === -1 ? null : run.words[inline + 1];
  const all = run.words.map(word => show(word.value)).join(' ');
  const named = run.words.flatMap(word => variablesIn(word.value));
  const fromInput = state.stdin !== 'inherited';
  const harmless =
    program != null &&
    literal(program.value) !== null &&
    !mentionsAny(all, directories) &&
    named.length === 0 &&
    !fromInput;
  const asks =
    run.words.length > 0 &&
    run.words.every(word => /^(--version|-V|--help)$/.test(literal(word.value) ?? ''));
  if (!harmless && !asks) noteOpaque(notes, 'program', run.fact);
  for (const word of run.words) {
    if (variablesIn(word.value).some(name => outputs.includes(name) || directories.includes(name)))
      run.unknown(word);
  }
}

/** Follows `find … -exec cmd {} \;`, `-delete` and the like, whose files are unknown. */
function find(run: ToolRun): void {
  const acts = flag(run, /^-(exec|execdir|ok|okdir|delete|fprint.*|fls)$/);
  for (const word of run.words) {
    if (variablesIn(word.value).length === 0) continue;
    run.read(word);
    if (acts) run.directory(word);
  }
  if (!acts) return;
  if (flag(run, /^-delete$/)) {
    for (const word of run.words)
      if (variablesIn(word.value).length > 0)
        noteRemoval(run.cx.run, run.cx.state, { ...run.path(word), rest: null });
  }
}

/** Follows `jq --arg name value … program files`. `--rawfile` and `--slurpfile` read files. */
function jq(run: ToolRun): void {
  const { words } = run;
  let program = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as Field;
    const option = literal(word.value) ?? '';
    const value = words[at + 2];
    if (/^--(arg|argjson)$/.test(option)) {
      if (value) run.text(value);
      at += 2;
    } else if (/^--(rawfile|slurpfile)$/.test(option)) {
      if (value) run.read(value);
      at += 2;
    } else if (/^--(indent|tab)$/.test(option)) at += option === '--indent' ? 1 : 0;
    else if (/^(-L|--args|--jsonargs)$/.test(option)) run.option(word);
    else if (/^(-f|--from-file)$/.test(option)) {
      const file = words[++at];
      if (file) run.read(file);
      program = true;
    } else if (option.startsWith('-') && option !== '-') run.option(word);
    else if (!program) {
      program = true;
      run.text(word);
    } else run.read(word);
  }
}

/** Follows `tar`, whose output paths are unknown. */
function tar(run: ToolRun): void {
  for (const word of run.words) {
    if (variablesIn(word.value).length > 0) run.directory(word);
    else run.option(word);
  }
}

export const SPECIAL_TOOLS: Readonly<Record<string, SpecialTool>> = {
  ...copyTools,
  ...keyTools,
  rm: remove,
  unlink: remove,
  rmdir: remove,
  shred,
  dd,
  sed,
  gsed: sed,
  awk,
  gawk: awk,
  mawk: awk,
  find,
  jq,
  tar,
  unzip: tar,
  ...Object.fromEntries(INTERPRETERS.map(name => [name, interpreter])),
};
