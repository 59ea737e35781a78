/**
 * Finds writes over the answers of persisted prompts, which are already stored: an identical copy or something
 * else. Knows nothing of findings.
 */
import type { AssignmentFact, CommandFact, Flow, WriteFact } from '../../../shell/flow/flow-facts.ts';
import type { Value } from '../../../shell/flow/values.ts';
import type { Range } from '../../../shell/syntax.ts';
import { memberRead } from './script-io.ts';

/** Returns the writes to the file that stores the answer of a prompt. */
export function writesOver(flow: Flow, prompt: string): WriteFact[] {
  return flow.writes.filter(
    ({ path, how, fate }) =>
      path.root === 'variable' &&
      path.variable === 'out' &&
      path.rest === prompt &&
      fate === 'kept' &&
      (how === 'redirect' || how === 'command'),
  );
}

function commandOf(flow: Flow, write: WriteFact): CommandFact | null {
  return write.command === null ? null : (flow.commands[write.command] ?? null);
}

function isIn(inner: Range, outer: Range): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function readsPrompt(flow: Flow, within: Range, prompt: string): boolean {
  return flow.reads.some(
    read => read.how !== 'test' && isIn(read, within) && memberRead(read, 'prompts')?.name === prompt,
  );
}

/**
 * Returns the command if it only copies the prompt, or null: `cat "$prompts/p" > "$out/p"`, `cp "$prompts/p"
 * "$out/p"`.
 */
export function isCopy(flow: Flow, write: WriteFact, prompt: string): CommandFact | null {
  const command = commandOf(flow, write);
  if (command === null || command.through !== null || !readsPrompt(flow, command, prompt)) return null;
  const inPipe = flow.pipelines.some(({ stages }) => stages.some(stage => stage.includes(command.index)));
  if (inPipe) return null;
  const words = command.arguments.length;
  if (command.name === 'cat' && write.how === 'redirect') {
    const others = flow.reads.filter(read => isIn(read, command) && read.path.rest !== prompt);
    return others.length === 0 && words <= 1 ? command : null;
  }
  return command.name === 'cp' && words === 2 ? command : null;
}

/** Programs whose output always differs from their input. */
const TRANSFORMS = new Set(
  'mkpasswd htpasswd argon2 bcrypt sha1sum sha256sum sha512sum md5sum b2sum base64 xxd hexdump od age gpg'.split(
    ' ',
  ),
);

/**
 * Returns whether the command certainly writes something derived from the answer that differs from it: with
 * text around it, or hashed. Stripping white space does not count.
 */
export function isTransformed(flow: Flow, write: WriteFact, prompt: string): boolean {
  const command = commandOf(flow, write);
  if (command === null || !write.certain) return false;
  if (write.how !== 'redirect') return false;
  const pipeline = flow.pipelines.find(({ stages }) => stages.some(stage => stage.includes(command.index)));
  const names = derivedNames(flow, prompt);
  if (pipeline !== undefined) {
    if (!readsPrompt(flow, pipeline, prompt) && !usesName(flow, pipeline, names)) return false;
    const stages = pipeline.stages.flat().map(index => flow.commands[index]);
    return stages.some(stage => stage !== undefined && isTransform(stage));
  }
  const isDerived = readsPrompt(flow, command, prompt) || usesName(flow, command, names);
  if (!isDerived) return false;
  if (isTransform(command)) return true;
  if (command.name === 'echo') return command.arguments.some(argument => isWrapped(argument.value));
  if (command.name !== 'printf') return false;
  const [format, ...rest] = command.arguments.filter(argument => argument.text !== '--');
  if (format === undefined) return false;
  const around = format.text.replace(/%(-?\d*\.?\d*)?[sb]/g, '').replace(/\\[nrt]/g, '');
  return (
    isWrapped(format.value) || (rest.length > 0 && /[A-Za-z0-9"']/.test(around) && !around.includes('%'))
  );
}

function isTransform({ name, arguments: words }: CommandFact): boolean {
  const decodes = words.some(({ text }) => /^(-\w*d|--decode|-D|-r)$/.test(text));
  return (TRANSFORMS.has(name ?? '') && !decodes) || (name === 'openssl' && words[0]?.text === 'passwd');
}

/** Returns whether a value contains text beside its unknown parts: `PASSWORD="…"`. */
function isWrapped(value: Value): boolean {
  const isPartUnknown = value.some(part => part.kind === 'unknown' && part.from.includes('prompts'));
  return (
    isPartUnknown &&
    value.some(part => part.kind === 'text' && /[A-Za-z0-9]/.test(part.text.replace(/\\[nrt]/g, '')))
  );
}

/** Returns the variables that hold the answer or something derived from it. */
function derivedNames(flow: Flow, prompt: string): ReadonlySet<string> {
  const names = new Set<string>();
  const isFrom = (fact: AssignmentFact): boolean =>
    readsPrompt(flow, fact, prompt) || usesName(flow, fact, names);
  for (const assignment of flow.assignments) if (isFrom(assignment)) names.add(assignment.name);
  return names;
}

function usesName(flow: Flow, within: Range, names: ReadonlySet<string>): boolean {
  return (
    names.size > 0 && flow.variables.some(variable => names.has(variable.name) && isIn(variable, within))
  );
}
