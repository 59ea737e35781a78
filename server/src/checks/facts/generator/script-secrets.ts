/**
 * Facts about the secrets that scripts handle: which paths are secret, which variables hold the answer of a
 * hidden prompt, and where a command's output goes.
 */
import type { GeneratorFile } from '../../../fleet/model/generators.ts';
import type { CommandFact, Flow, WriteFact } from '../../../shell/flow/flow-facts.ts';
import { literal, type ShellPath } from '../../../shell/flow/values.ts';
import type { ScriptedGenerator } from './scripted-generators.ts';

const HIDDEN: ReadonlySet<string> = new Set(['hidden', 'multiline-hidden']);

/** Returns the declared file at a path below `$out`, or null if there is none or that is not known. */
function outputAt({ body }: ScriptedGenerator, path: ShellPath): GeneratorFile | null {
  if (path.root !== 'variable' || path.variable !== 'out' || path.rest === null) return null;
  const file = body.files.find(generatorFile => generatorFile.name === path.rest);
  return file === undefined || file.nameKind === 'pattern' ? null : file;
}

/** Returns whether a path is certainly a secret file or the answer of a hidden prompt. */
export function isSecretPath(scripted: ScriptedGenerator, path: ShellPath): boolean {
  if (path.root !== 'variable' || path.rest === null) return false;
  if (path.variable === 'prompts') return isHiddenPrompt(scripted, path.rest);
  return outputAt(scripted, path)?.secret === true;
}

function isHiddenPrompt({ body }: ScriptedGenerator, name: string): boolean {
  const type = body.prompts.find(prompt => prompt.name === name)?.type;
  return type != null && HIDDEN.has(type);
}

/** Matches `$(cat "$prompts/x")` and `$(< $prompts/x)`; the first group is the name. */
const ANSWER = String.raw`\$\((?:cat\s+|<\s*)"?\$\{?prompts\}?"?/([\w.-]+)"?\s*\)`;
const WHOLE_ANSWER = new RegExp(`^"?${ANSWER}"?$`);

/** Returns the variables that hold only answers of hidden prompts. */
export function secretVariables(scripted: ScriptedGenerator): ReadonlySet<string> {
  const { flow, source } = scripted.script;
  const secret = new Set<string>();
  const other = new Set<string>();
  for (const { name, nameAt, end } of flow.assignments) {
    const value = source.text.slice(nameAt.end, end).replace(/^=/, '');
    const prompt = WHOLE_ANSWER.exec(value)?.[1];
    if (prompt !== undefined && isHiddenPrompt(scripted, prompt)) secret.add(name);
    else other.add(name);
  }
  for (const name of other) secret.delete(name);
  return secret;
}

/** Returns whether a piece of script text prints the answer of a hidden prompt. */
export function showsSecret(
  scripted: ScriptedGenerator,
  text: string,
  variables: ReadonlySet<string>,
): boolean {
  if (text.startsWith("'")) return false;
  for (const [, bare, braced] of text.matchAll(/\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:\}|:?-|[%#/^,]))/g))
    if (variables.has(bare ?? braced ?? '')) return true;
  for (const [, prompt] of text.matchAll(new RegExp(ANSWER, 'g')))
    if (prompt !== undefined && isHiddenPrompt(scripted, prompt)) return true;
  return false;
}

const HASHES: ReadonlySet<string> = new Set(
  'md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum'.split(' '),
);
const FILTERS: ReadonlySet<string> = new Set([
  ...HASHES,
  ...'base64 base32 basenc xxd od hexdump tr cut head tail fold sed awk grep rev tee'.split(' '),
]);

export function isHash(program: string): boolean {
  return HASHES.has(program);
}

/** Returns whether a program generates nothing random. */
export function isFilterName(program: string): boolean {
  return FILTERS.has(program);
}

/**
 * Returns whether a command generates nothing random: its arguments are literal and it reads only its input.
 */
export function isPlainFilter(command: CommandFact | null): boolean {
  if (command?.name == null || !FILTERS.has(command.name)) return false;
  return command.arguments.every(({ role, value }) => role !== 'read' && literal(value) !== null);
}

const SECRET_NAME = /pass(w(or)?d|phrase)?|secret|token|key|psk|credential|cookie/i;

/** Returns whether a file's name suggests a secret. */
export function namesSecret({ name }: GeneratorFile): boolean {
  return SECRET_NAME.test(name) && !/pub(lic)?/i.test(name);
}

/** A file filled by a command or a pipeline. */
export interface FilledFile {
  readonly write: WriteFact;
  readonly file: GeneratorFile;
  /** The commands of the pipeline in order, one per stage; null for a stage with several commands. */
  readonly stages: readonly (CommandFact | null)[];
}

/** Returns the declared files that redirections fill, with their commands. */
export function filledFiles(scripted: ScriptedGenerator): FilledFile[] {
  const { flow } = scripted.script;
  return flow.writes.flatMap(write => {
    const file = outputAt(scripted, write.path);
    if (file === null || write.command === null) return [];
    if (write.how !== 'redirect' && write.how !== 'append') return [];
    return [{ write, file, stages: pipelineEndingIn(scripted, write.command) }];
  });
}

/** Returns the commands of the pipeline that ends in a command, or only the command itself. */
export function pipelineEndingIn({ script }: ScriptedGenerator, command: number): (CommandFact | null)[] {
  const { commands, pipelines } = script.flow;
  const pipeline = pipelines.find(fact => fact.stages.at(-1)?.includes(command));
  const stages = pipeline?.stages ?? [[command]];
  return stages.map(stage => commandOfStage(commands, stage));
}

/** Returns the stages of the pipeline that begins with a command, including it, or null if it begins none. */
export function pipelineStartingAt(
  { commands, pipelines }: Flow,
  { index }: CommandFact,
): readonly (CommandFact | null)[] | null {
  const pipeline = pipelines.find(fact => fact.stages[0]?.includes(index));
  return pipeline?.stages.map(stage => commandOfStage(commands, stage)) ?? null;
}

/**
 * Returns the command of a pipeline stage, possibly with commands nested in its words, or null if the stage has
 * several.
 */
export function commandOfStage(
  commands: readonly CommandFact[],
  stage: readonly number[],
): CommandFact | null {
  const [command, ...others] = stage.flatMap(index => commands[index] ?? []).filter(isOutside);
  return command === undefined || others.length > 0 ? null : command;
}

function isOutside({ start, end }: CommandFact, _: number, all: readonly CommandFact[]): boolean {
  return !all.some(({ arguments: words }) => words.some(word => word.start <= start && end <= word.end));
}
