/**
 * Finds lost results of a generator: declared files that no run writes, outputs that are not declared, and
 * answers that are discarded. Also decides which of these have one cause, so that rules report the unwritten
 * file and show its cause beside it. Knows nothing of findings.
 */

import { suggest } from '../../../edits/suggest.ts';
import type { GeneratorBody, GeneratorFile, GeneratorPrompt } from '../../../fleet/model/generators.ts';
import type { Flow, WriteFact } from '../../../shell/flow/flow-facts.ts';
import { baseName, type ShellPath } from '../../../shell/flow/values.ts';
import { memoized } from '../../../std.ts';
import type { FollowedScript } from '../followed-scripts.ts';
import {
  callsUnknownCode,
  type ExaminedGenerator,
  mayBeSame,
  mayRead,
  mayWrite,
  memberRead,
} from './script-io.ts';

/** A declared file that no run writes, with outputs and prompts that were probably meant for it. */
export interface UnwrittenFile {
  readonly file: GeneratorFile;
  /** An undeclared output with a similar name. */
  readonly misnamed: WriteFact | null;
  /** Writes to a file of this name outside of `$out`. */
  readonly outside: readonly WriteFact[];
  /** Discarded answers that were probably meant to become the file. */
  readonly prompts: readonly GeneratorPrompt[];
}

/** Returns the declared files that certainly no run writes, in declaration order. */
export const unwrittenFiles = memoized((examined: ExaminedGenerator): readonly UnwrittenFile[] =>
  examined.whole
    ? explain(
        examined,
        examined.body.files.filter(file => isUnwritten(examined, file)),
      )
    : [],
);

function explain(examined: ExaminedGenerator, files: readonly GeneratorFile[]): UnwrittenFile[] {
  if (files.length === 0) return [];
  const { body, script } = examined;
  const lost = body.prompts.filter(prompt => isThrownAway(examined, prompt));
  const undeclared = undeclaredWrites(examined);
  const [onlyName, ...otherNames] = new Set(undeclared.map(({ path }) => path.rest));
  return files.map(file => {
    const same = lost.filter(({ name }) => name === file.name);
    const others = lost.filter(({ name }) => files.every(generatorFile => generatorFile.name !== name));
    // The only undeclared output and the only unwritten file are the same file, whatever their names.
    const isOnly = files.length === 1 && onlyName !== undefined && otherNames.length === 0;
    return {
      file,
      misnamed: isOnly ? (undeclared[0] ?? null) : misspelt(undeclared, body, file.name),
      outside: script === null ? [] : script.flow.writes.filter(write => isBeside(write, file.name)),
      prompts: same.length === 0 && (script === null || script.flow.empty) ? others : same,
    };
  });
}

/**
 * Returns whether a write or a prompt's answer is reported together with the file that it should have become.
 */
export function isExplained(examined: ExaminedGenerator, what: WriteFact | GeneratorPrompt): boolean {
  return unwrittenFiles(examined).some(
    ({ misnamed, outside, prompts }) =>
      (misnamed !== null && 'path' in what && misnamed.path.rest === what.path.rest && isOutput(what)) ||
      outside.some(write => write === what) ||
      prompts.some(prompt => prompt === what),
  );
}

function isUnwritten({ body, script, scriptless }: ExaminedGenerator, file: GeneratorFile): boolean {
  if (file.from === 'prompt' || file.conditional || isPersisted(body, file.name)) return false;
  // Unread prompts indicate that something is missing; without them the generator is a placeholder.
  if (script === null)
    return scriptless && body.prompts.length > 0 && body.prompts.every(({ persist }) => persist === false);
  const { flow } = script;
  if (flow.fails || mayWrite(script, file.name) || isAskedFor(flow, file.name)) return false;
  // An empty script is equivalent to none.
  if (flow.empty && body.prompts.length === 0) return false;
  // For `> "$secrets/x"` the wrong variable is the mistake, which another rule reports.
  if (flow.variables.some(({ name, set }) => FORMER.has(name) && set === 'never')) return false;
  return !flow.writes.some(({ path }) => isElsewhere(path) && path.rest === file.name);
}

/** Returns whether the file is the answer of a persisted prompt, which is stored without a script. */
export function isPersisted(body: GeneratorBody, file: string): boolean {
  return body.prompts.some(({ name, persist }) => persist !== false && mayBeSame(name, file));
}

/**
 * Returns whether the script asks for an output that it does not even try to make, and ends with its own error where it is
 * not there: a placeholder for values that are set by hand.
 */
export function isAskedFor({ demanded, writes }: Flow, file: string): boolean {
  return writes.length === 0 && demanded.has(`variable:out:${file}`);
}

/** Variables for the output directories of the former `facts`. */
const FORMER = new Set(['secrets', 'facts']);

function isElsewhere({ root, variable }: ShellPath): boolean {
  return (
    root === 'variable' &&
    !['in', 'out', 'prompts', 'HOME', 'PWD'].includes(variable ?? '') &&
    !isBesideOut(variable)
  );
}

/** Returns whether the variable is like `$out-old`: a directory that is neither created nor collected. */
function isBesideOut(variable: string | null): boolean {
  return variable !== null && /^out\W/.test(variable);
}

/** Returns whether a write targets `token`, `$HOME/token` or `$out-old/token` instead of `$out/token`. */
function isBeside({ path, how, fate }: WriteFact, file: string): boolean {
  if (fate !== 'kept' || (how !== 'redirect' && how !== 'append' && how !== 'command')) return false;
  const isOutside =
    path.root === 'start' ||
    path.root === 'absolute' ||
    (path.root === 'variable' && (path.variable === 'HOME' || isBesideOut(path.variable)));
  return isOutside && !path.directory && baseName(path) === file;
}

/** Returns whether the generator has nothing that a run could create. */
export function hasNoOutput({ body, whole }: ExaminedGenerator): boolean {
  if (!whole || !body.complete.files || !body.complete.prompts || body.files.length > 0) return false;
  if (body.prompts.some(({ persist }) => persist !== false)) return false;
  return body.script !== null || body.prompts.length > 0;
}

/** Returns whether the answer is certainly neither stored nor read. */
export function isThrownAway(
  { body, script, scriptless, whole }: ExaminedGenerator,
  prompt: GeneratorPrompt,
): boolean {
  if (!whole || prompt.persist !== false) return false;
  if (script === null) return scriptless;
  if (mayRead(script, 'prompts', prompt.name)) return false;
  // The unknown prompt that the script reads instead is reported there.
  return !unknownPrompts(script, body).some(name => promptMeant(script, body, name) === prompt.name);
}

/**
 * Returns the prompt that a name in a script was probably meant to be: one with a similar name, or the only
 * unread one.
 */
export function promptMeant(script: FollowedScript, body: GeneratorBody, name: string): string | null {
  const names = body.prompts.map(prompt => prompt.name);
  const near = suggest(name, names);
  if (near !== null || unknownPrompts(script, body).length !== 1) return near;
  const [only, ...others] = names.filter(prompt => !mayRead(script, 'prompts', prompt));
  return only === undefined || others.length > 0 ? null : only;
}

/** Returns the names below `$prompts` that a script reads although no prompt has them. */
function unknownPrompts({ flow }: FollowedScript, { prompts }: GeneratorBody): string[] {
  const names = new Set(flow.reads.flatMap(read => memberRead(read, 'prompts')?.name ?? []));
  return [...names].filter(name => prompts.every(prompt => !mayBeSame(prompt.name, name)));
}

/** Returns the writes that certainly go to no declared file. */
export function undeclaredWrites({ body, script, whole }: ExaminedGenerator): readonly WriteFact[] {
  if (script === null || !whole || !body.complete.files || body.files.length === 0) return [];
  // Commands that are not analysed may remove files again.
  if (callsUnknownCode(script.flow)) return [];
  const names = body.files.map(({ name }) => name);
  const declared = new Set(names);
  return script.flow.writes.filter(write => {
    const file = write.path.rest;
    if (file === null || declared.has(file) || !isOutput(write)) return false;
    // A path above a declared file is a directory.
    return !names.some(name => mayBeSame(name, file) || name.startsWith(`${file}/`));
  });
}

/** Returns whether the write leaves a file below `$out`. */
function isOutput({ path, how, fate }: WriteFact): boolean {
  if (path.root !== 'variable' || path.variable !== 'out' || path.directory) return false;
  if (how === 'directory' || how === 'change' || how === 'link' || fate !== 'kept') return false;
  return path.rest !== null && path.rest !== '';
}

/** Returns the undeclared output whose name is similar to the file's. */
function misspelt(undeclared: readonly WriteFact[], body: GeneratorBody, file: string): WriteFact | null {
  const names = body.files.map(({ name }) => name);
  return undeclared.find(({ path }) => path.rest !== null && suggest(path.rest, names) === file) ?? null;
}
