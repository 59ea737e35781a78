/** Knows programs that hash passwords, and finds the files that receive their output. */

import type { CommandFact, Flow, WriteFact } from '../../../shell/flow/flow-facts.ts';
import type { Range } from '../../../shell/syntax.ts';

const HASHERS: ReadonlySet<string> = new Set([
  'mkpasswd',
  'htpasswd',
  'htdigest',
  'argon2',
  'bcrypt',
  'slappasswd',
  'mosquitto_passwd',
  'grub-mkpasswd-pbkdf2',
]);

/** Programs for which hashing is one of several functions, with a pattern for their first arguments. */
const PARTS: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    openssl: /^passwd\b/,
    caddy: /^hash-password\b/,
    authelia: /^crypto hash generate\b/,
    doveadm: /^pw\b/,
  }),
);

/** Returns whether a command hashes a password. */
export function isHasher({ name, arguments: args }: CommandFact): boolean {
  if (name === null) return false;
  const words = args
    .slice(0, 3)
    .map(argument => argument.text)
    .join(' ');
  return HASHERS.has(name) || PARTS.get(name)?.test(words) === true;
}

/** Programs that pass on their input. */
const FILTERS: ReadonlySet<string> = new Set([
  'tr',
  'cut',
  'sed',
  'head',
  'tail',
  'cat',
  'tee',
  'awk',
  'grep',
]);

/** Returns the program whose hash is written to a file of `$out`, or null. */
export function hasherOf(flow: Flow, file: string): string | null {
  for (const write of flow.writes) {
    const { path } = write;
    const isFile = path.root === 'variable' && path.variable === 'out' && path.rest === file;
    if (!isFile || write.fate === 'removed') continue;
    const writer = write.command === null ? undefined : flow.commands[write.command];
    const hasher = writer === undefined ? undefined : hasherBehind(flow, writer, write);
    if (hasher !== undefined) return hasher.name;
  }
  return null;
}

function hasherBehind(flow: Flow, writer: CommandFact, write: WriteFact): CommandFact | undefined {
  if (isHasher(writer)) return write.how === 'command' || writer.stdout === 'file' ? writer : undefined;
  const hashers = flow.commands.filter(isHasher);
  if (FILTERS.has(writer.name ?? '')) {
    for (const { stages } of flow.pipelines) {
      const last = stages.findIndex(stage => stage.includes(writer.index));
      const before = stages.slice(0, Math.max(0, last)).flat();
      const between = before.slice(1).every(index => {
        const command = flow.commands[index];
        return command === undefined || FILTERS.has(command.name ?? '') || isHasher(command);
      });
      const fact = hashers.find(hasher => before.includes(hasher.index));
      if (fact !== undefined && between) return fact;
    }
  }
  if (!['echo', 'printf', 'cat'].includes(writer.name ?? '')) return undefined;
  // `echo "$(mkpasswd …)"`, and `hash=$(mkpasswd …); echo "$hash"`.
  const isIn = (inner: Range, outer: Range) => outer.start <= inner.start && inner.end <= outer.end;
  const spans: Range[] = [...writer.arguments];
  for (const variable of flow.variables)
    if (writer.arguments.some(argument => isIn(variable, argument)))
      spans.push(...flow.assignments.filter(assignment => assignment.name === variable.name));
  return hashers.find(hasher => hasher.stdout === 'captured' && spans.some(span => isIn(hasher, span)));
}
