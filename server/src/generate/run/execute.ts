/**
 * Runs one generator from its inputs to its outputs, without storing them. Error messages contain no secrets.
 */
import { dirname, join } from 'node:path';
import { isSeenIn, type SandboxProgram } from '../../host/sandbox/find-sandbox.ts';
import {
  holdsTrace,
  NOTHING_MORE,
  runScript,
  type ScriptResult,
  type Undeclared,
} from '../../host/sandbox/run-script.ts';
import type { SharedSandbox } from '../../host/sandbox/shared-sandbox.ts';
import type { Generator } from '../plan/generators.ts';
import { someText } from '../plan/plan-words.ts';
import type { Prepared } from './script-commands.ts';
import type { ScriptEnvironment } from './script-environment.ts';
import { hiddenTraceLine, type ScriptValues, shownNames, shownOutput } from './shown-output.ts';

export interface Inputs {
  /** Values of dependencies by generator name, then by file. */
  readonly dependencies: ReadonlyMap<string, ReadonlyMap<string, Buffer>>;
  /** Values of dependencies and prompts that must not be shown. */
  readonly secrets: readonly Uint8Array[];
  readonly answers: ReadonlyMap<string, Buffer>;
}

export type Execution =
  | {
      readonly outcome: 'made';
      readonly outputs: ReadonlyMap<string, Buffer>;
      readonly undeclared: Undeclared;
    }
  | { readonly outcome: 'cancelled' }
  | {
      readonly outcome: 'failed';
      /** A clause that follows the generator's name. */
      readonly message: string;
      readonly output: string;
      /** The 1-based line of the script, or null if Bash does not report it. */
      readonly line: number | null;
      /** Outputs that were written despite the failure. */
      readonly outputs: ReadonlyMap<string, Buffer>;
      readonly undeclared: Undeclared;
    };

/** The parameters common to all scripts of a run. */
export interface ExecutionContext {
  readonly scriptEnvironment: ScriptEnvironment;
  /** State shared by scripts that run one after another or in parallel. */
  readonly shared: SharedSandbox;
  readonly signal: AbortSignal;
}

/**
 * Runs a generator's script and collects its outputs.
 *
 * @throws HostFailure if a script cannot be started at all
 */
export async function execute(
  generator: Generator,
  script: Prepared,
  inputs: Inputs,
  { scriptEnvironment, shared, signal }: ExecutionContext,
): Promise<Execution> {
  const kept = generator.prompts.filter(prompt => prompt.persist);
  const files = generator.files.map(file => file.name);
  if (signal.aborted) return { outcome: 'cancelled' };
  if (script.text.length === 0 && files.every(file => kept.some(prompt => prompt.name === file))) {
    const outputs = new Map(files.map(file => [file, inputs.answers.get(file) ?? Buffer.alloc(0)]));
    return { outcome: 'made', outputs, undeclared: NOTHING_MORE };
  }
  const result = await runScript({
    text: [
      ...kept.map(copyLine),
      ...script.text.map(part =>
        typeof part === 'string'
          ? part
          : { from: join(scriptEnvironment.root, part.path), root: scriptEnvironment.root },
      ),
    ],
    commands: script.commands,
    shared,
    path: script.path,
    bash: scriptEnvironment.bash,
    inputs: inputs.dependencies,
    prompts: inputs.answers,
    outputs: files,
    sandbox: scriptEnvironment.sandbox,
    show: hiddenStores(script.path, scriptEnvironment.sandbox),
    timeLimitMs: scriptEnvironment.timeLimitMs,
    limits: scriptEnvironment.limits,
    signal,
  });
  const { process, outputs, missing, inMemory } = result;
  if (!inMemory) scriptEnvironment.onDisk();
  if (process.end === 'cancelled') return { outcome: 'cancelled' };
  const reason = endReason(result, scriptEnvironment);
  const isMade = reason === null && missing.length === 0;
  if (isMade && result.undeclared.names.length === 0)
    return { outcome: 'made', outputs, undeclared: NOTHING_MORE };
  const visible = knownOf(generator, script, inputs, outputs);
  const undeclared = shownNames(result.undeclared, visible);
  if (isMade) return { outcome: 'made', outputs, undeclared };
  const message =
    reason ??
    `did not write ${missing.map(file => `$out/${file}`).join(', ')}${wroteText(outputs, undeclared)}`;
  const line = failedLine(process.stderr);
  const output =
    script.traces || holdsTrace(process)
      ? hiddenTraceLine(line)
      : shownOutput(process, visible, mebibytes(scriptEnvironment));
  return { outcome: 'failed', message, output, line, outputs, undeclared };
}

/** Returns the secrets of a script: what it was given and what it has made. */
function knownOf(
  generator: Generator,
  script: Prepared,
  { secrets: inputSecrets, dependencies }: Inputs,
  outputs: ScriptResult['outputs'],
): ScriptValues {
  const made = generator.files.filter(file => file.secret).flatMap(file => outputs.get(file.name) ?? []);
  const secrets = [...inputSecrets, ...made];
  const values = [...dependencies.values()].flatMap(files => [...files.values()]);
  const text = script.text.filter(part => typeof part === 'string').join('');
  return { secrets, open: [Buffer.from(text, 'utf8'), ...values.filter(value => !secrets.includes(value))] };
}

/**
 * Returns Nix stores that the sandbox does not show by default. They are shown as a whole, because programs
 * need the files next to them.
 */
function hiddenStores(path: readonly string[], sandbox: SandboxProgram | null): string[] {
  const hidden = sandbox === null ? [] : path.filter(folder => !isSeenIn(sandbox.kind, folder));
  return [...new Set(hidden.map(folder => dirname(dirname(folder))))];
}

/** Returns the line that clan itself prepends for a prompt. Names of prompts are file names. */
function copyLine({ name }: { readonly name: string }): string {
  const quoted = `"$prompts"/'${name.replaceAll("'", "'\\''")}'`;
  return `cat ${quoted} > "$out"/'${name.replaceAll("'", "'\\''")}'; `;
}

/** The exit code by which Bash reports SIGXFSZ. */
const FILE_TOO_LARGE = 153;

function mebibytes({ limits }: ScriptEnvironment): string {
  return `${limits.fileMiB} MiB`;
}

/** Returns a clause that follows the generator's name, or null if the script succeeded. */
function endReason({ process }: ScriptResult, limits: ScriptEnvironment): string | null {
  switch (process.end) {
    case 'timeout':
      return `was ended after ${Math.round(limits.timeLimitMs / 1000)} seconds`;
    case 'signal':
      return `was ended by ${process.signal ?? 'a signal'}`;
    default:
      if (process.code === 0) return null;
      if (process.code === 127)
        return 'failed: a command was not found (exit code 127). The programs of a script must be in runtimeInputs';
      if (process.code === FILE_TOO_LARGE)
        return `failed: it wrote more than ${mebibytes(limits)} into a file (exit code ${FILE_TOO_LARGE})`;
      return `failed with exit code ${process.code}`;
  }
}

function wroteText(outputs: ScriptResult['outputs'], undeclared: Undeclared): string {
  const names = [...outputs.keys(), ...undeclared.names].sort();
  return names.length === 0 ? '; it wrote nothing' : `; it wrote ${someText(names, undeclared.more)}`;
}

/**
 * Returns the line of the last error, which ended the script. Bash prefixes its messages with the script and
 * the line.
 */
function failedLine(stderr: Buffer): number | null {
  const lineNumber = [...stderr.toString('utf8').matchAll(/^\/\S*\/script: line (\d+): /gm)].at(-1);
  return lineNumber === undefined ? null : Number(lineNumber[1]);
}
