/**
 * Runs a command line: selects the command, and reports failures. Each command is loaded on use, so that none waits
 * for the others.
 */
import { suggest } from '../edits/suggest.ts';
import { EXIT, type Io, printable, UsageError } from './io.ts';
import { failureEvent } from './output/failure-event.ts';
import { helpOf } from './output/help.ts';
import { jsonLine, jsonText } from './output/json-text.ts';

type Command = (args: readonly string[], io: Io) => Promise<number>;

/** The first words of the commands. Their arguments are in the table (`table/command-table.ts`). */
export const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import('./commands/check.ts')).check,
  merge: async () => (await import('./commands/merge.ts')).merge,
  inspect: async () => (await import('./commands/inspect.ts')).inspect,
  plan: async () => (await import('./commands/plan.ts')).plan,
  generate: async () => (await import('./commands/generate.ts')).generate,
  env: async () => (await import('./commands/env.ts')).env,
  graph: async () => (await import('./commands/graph.ts')).graph,
  try: async () => (await import('./commands/try.ts')).tryGenerator,
  list: async () => (await import('./commands/list.ts')).list,
  get: async () => (await import('./commands/get.ts')).get,
  set: async () => (await import('./commands/set.ts')).set,
  verify: async () => (await import('./commands/verify.ts')).verify,
  fix: async () => (await import('./commands/fix.ts')).fixAccess,
  grant: async () => (await import('./commands/fix.ts')).grantAccess,
  deploy: async () => (await import('./commands/deploy.ts')).deploy,
  access: async () => (await import('./commands/access.ts')).access,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  allow: async () => (await import('./commands/allow.ts')).allowCommand,
  keygen: async () => (await import('./commands/keygen.ts')).keygen,
  rename: async () => (await import('./commands/rename.ts')).rename,
  convert: async () => (await import('./commands/convert.ts')).convert,
  add: async () => (await import('./commands/add.ts')).add,
  new: async () => (await import('./commands/new.ts')).create,
  init: async () => (await import('./commands/init.ts')).init,
  explain: async () => (await import('./commands/explain.ts')).explain,
  rules: async () => (await import('./commands/rules.ts')).listRules,
  lsp: async () => (await import('./commands/lsp.ts')).lsp,
  completions: async () => (await import('./commands/completions.ts')).completions,
  man: async () => (await import('./commands/man.ts')).man,
};

/**
 * Runs a command line.
 * @param args the arguments, without the program's name
 * @returns the exit code; never throws
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    return await run(args, io);
  } catch (error) {
    tellProgram(error, args, io);
    const message =
      (error instanceof Error ? error.message : String(error)) + (await adviceOn(error, args, io));
    for (const line of message.split('\n')) io.stderr.write(`varsmith: ${printable(line)}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.findings;
  }
}

/**
 * Returns a sentence of advice with a leading space, or ''. A failure to find advice is ignored, since the error
 * itself is reported.
 */
async function adviceOn(error: unknown, [command = '']: readonly string[], io: Io): Promise<string> {
  const { NoSuchFolder } = await import('./load.ts');
  if (!(error instanceof NoSuchFolder)) return '';
  const { optionMeant } = await import('./meant.ts');
  return optionMeant(command, error, io).catch(() => '');
}

/** Reports a failure to a program that is watching, which does not read sentences. */
function tellProgram(error: unknown, args: readonly string[], io: Io): void {
  const failure = failureEvent(error);
  if (failure === null) return;
  const { kind, message } = failure;
  if (args.includes('--events')) io.stdout.write(`${jsonLine(failure)}\n`);
  else if (
    args.includes('--json') ||
    args.join(' ').includes('--format json') ||
    args.includes('--format=json')
  )
    io.stdout.write(`${jsonText({ schemaVersion: 1, error: { kind, message } })}\n`);
}

async function run(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    io.stderr.write(helpOf(null));
    return EXIT.usage;
  }
  if (name === '--version' || name === '-V') {
    io.stdout.write(`${io.version}\n`);
    return EXIT.ok;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    io.stdout.write(helpOf(rest[0] ?? null));
    return EXIT.ok;
  }
  const load = Object.hasOwn(LOADERS, name) ? LOADERS[name] : undefined;
  if (!load) throw new UsageError(unknownCommand(name));
  if (rest.includes('--help') || rest.includes('-h')) {
    io.stdout.write(helpOf(name));
    return EXIT.ok;
  }
  return (await load())(rest, io);
}

function unknownCommand(name: string): string {
  const kind = name.startsWith('-') ? 'option' : 'command';
  const near = suggest(name, Object.keys(LOADERS));
  return `There is no ${kind} "${name}".${near ? ` Did you mean "${near}"?` : ''} \`varsmith --help\` lists the valid ones.`;
}
