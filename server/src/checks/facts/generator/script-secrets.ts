/**
 * What scripts handle, as far as the rules about secrets need it: which paths are secrets, which variables hold
 * the answer of a hidden prompt, which command's output goes where.
 */
import type { GeneratorFile } from '../../../fleet/model/generators.ts';
import type { CommandFact, Flow, WriteFact } from '../../../shell/flow/flow-facts.ts';
import { literal, type ShellPath } from '../../../shell/flow/values.ts';
import type { Scripted } from './scripted-generators.ts';

const HIDDEN: ReadonlySet<string> = new Set(['hidden', 'multiline-hidden']);

/** Returns the declared file that a path below `$out` is; null if it is none, or not known. */
function outputAt({ body }: Scripted, path: ShellPath): GeneratorFile | null {
  if (path.root !== 'variable' || path.variable !== 'out' || path.rest === null) return null;
  const file = body.files.find(generatorFile => generatorFile.name === path.rest);
  return file === undefined || file.nameKind === 'pattern' ? null : file;
}

/** Returns whether a path is certainly that of a secret file, or of the answer of a hidden prompt. */
export function isSecretPath(scripted: Scripted, path: ShellPath): boolean {
  if (path.root !== 'variable' || path.rest === null) return false;
  if (path.variable === 'prompts') return isHiddenPrompt(scripted, path.rest);
  return outputAt(scripted, path)?.secret === true;
}

function isHiddenPrompt({ body }: Scripted, name: string): boolean {
  const type = body.prompts.find(prompt => prompt.name === name)?.type;
  return type != null && HIDDEN.has(type);
}

/** `$(cat "$prompts/x")` and `$(< $prompts/x)`; the name is the first group. */
const ANSWER = String.raw`\$\((?:cat\s+|<\s*)"?\$\{?prompts\}?"?/([\w.-]+)"?\s*\)`;
const WHOLE_ANSWER = new RegExp(`^"?${ANSWER}"?$`);

/** Returns variables that hold nothing but answers of hidden prompts. */
export function secretVariables(scripted: Scripted): ReadonlySet<string> {
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

/** Returns whether a piece of the script, as it is written, prints the answer of a hidden prompt. */
export function showsSecret(scripted: Scripted, text: string, variables: ReadonlySet<string>): boolean {
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

/** Returns whether a program makes nothing up. */
export function isFilterName(program: string): boolean {
  return FILTERS.has(program);
}

/** Returns whether a command makes nothing up: what it is told is written out, and it reads nothing but its input. */
export function isPlainFilter(command: CommandFact | null): boolean {
  if (command?.name == null || !FILTERS.has(command.name)) return false;
  return command.arguments.every(({ role, value }) => role !== 'read' && literal(value) !== null);
}

const SECRET_NAME = /pass(w(or)?d|phrase)?|secret|token|key|psk|credential|cookie/i;

/** Returns whether a file's name says that it is a secret. */
export function namesSecret({ name }: GeneratorFile): boolean {
  return SECRET_NAME.test(name) && !/pub(lic)?/i.test(name);
}

/** A file that a command, or a pipeline of commands, fills. */
export interface Filled {
  readonly write: WriteFact;
  readonly file: GeneratorFile;
  /** The commands of the pipeline in order, one a stage; null for a stage of several. */
  readonly stages: readonly (CommandFact | null)[];
}

/** Returns the declared files that redirections fill, with what fills them. */
export function filledFiles(scripted: Scripted): Filled[] {
  const { flow } = scripted.script;
  return flow.writes.flatMap(write => {
    const file = outputAt(scripted, write.path);
    if (file === null || write.command === null) return [];
    if (write.how !== 'redirect' && write.how !== 'append') return [];
    return [{ write, file, stages: stagesOf(scripted, write.command) }];
  });
}

/** Returns the commands of the pipeline that ends in a command, or the command alone. */
export function stagesOf({ script }: Scripted, command: number): (CommandFact | null)[] {
  const { commands, pipelines } = script.flow;
  const pipeline = pipelines.find(fact => fact.stages.at(-1)?.includes(command));
  const stages = pipeline?.stages ?? [[command]];
  return stages.map(stage => commandOfStage(commands, stage));
}

/** Returns the stages behind a command that begins a pipeline, itself first; null for another. */
export function stagesOfPipeline(
  { commands, pipelines }: Flow,
  { index }: CommandFact,
): readonly (CommandFact | null)[] | null {
  const pipeline = pipelines.find(fact => fact.stages[0]?.includes(index));
  return pipeline?.stages.map(stage => commandOfStage(commands, stage)) ?? null;
}

/** Returns the command that a stage of a pipeline is, with others in its words or without; null for several. */
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
