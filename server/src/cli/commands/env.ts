/**
 * `varsmith env`: prints the session variables of a machine, for a shell or as data, and explains why a variable is
 * set or not.
 */
import { environmentOf } from '../../editor/environment/environment.ts';
import {
  absentVariables,
  type Explanation,
  explainVariable,
} from '../../editor/environment/environment-explain.ts';
import { environmentMachines } from '../../editor/environment/environment-keys.ts';
import { absentText, environmentText } from '../../editor/environment/environment-text.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import { oneOf } from '../arguments.ts';
import { EXIT, type Io, printable, UsageError } from '../io.ts';
import { openWorkspace } from '../load.ts';
import { noSuch } from '../names.ts';
import { jsonText } from '../output/json-text.ts';
import { type Span, type SpanOf, spansIn } from '../output/positions.ts';
import { readCommand } from '../table/read-command.ts';

const SHELLS = ['bash', 'nushell', 'json'] as const;
const FORMATS = ['text', 'json'] as const;

export async function env(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('env', args);
  const asked = parsed.option('explain');
  const shell = oneOf('--shell', parsed.option('shell'), SHELLS, 'bash');
  const format = oneOf('--format', parsed.option('format'), FORMATS, 'text');
  const { machine: named, root } = positionsOf(parsed.positions, parsed.option('machine'));
  if (asked === '') throw new UsageError('--explain needs the name of a variable, or of a key.');
  const workspace = await openWorkspace(root, io);
  const fleet = workspace.fleet();
  const machine = machineOf(fleet, named);
  const around = { fleet, files: workspace.files, elsewhere: workspace.settings.store?.command != null };
  const isJson = format === 'json' || shell === 'json';
  if (asked !== undefined) {
    const explanation = explainVariable(around, machine, asked);
    const write = isJson ? explanationJson : explanationText;
    io.stdout.write(write(explanation, spansIn(workspace.files)));
    return explanation.isSet ? EXIT.ok : EXIT.findings;
  }
  const environment = environmentOf(around, machine);
  const absent = parsed.flag('all') ? absentVariables(around, machine) : null;
  if (isJson) {
    const spanOf = spansIn(workspace.files);
    const more =
      absent === null ? {} : { absent: absent.map(explanation => explanationData(explanation, spanOf)) };
    io.stdout.write(`${jsonText({ schemaVersion: 1, ...environment, ...more })}\n`);
  } else {
    const text = environmentText(environment, shell) + absentText(machine, absent ?? []);
    io.stdout.write(text);
  }
  return EXIT.ok;
}

function explanationText({ machine, variable, isSet, reasons }: Explanation, spanOf: SpanOf): string {
  const lines = reasons.map(({ text, at }) => {
    if (at === null) return `  ${printable(text)}\n`;
    const { line, column } = spanOf(at);
    return `  ${printable(text)}\n    ${printable(at.file)}:${line}:${column}\n`;
  });
  return `${variable} is ${isSet ? '' : 'not '}set on ${machine}.\n${lines.join('')}`;
}

function explanationJson(explanation: Explanation, spanOf: SpanOf): string {
  const { machine, name } = explanation;
  const { variable, set, reasons } = explanationData(explanation, spanOf);
  return `${jsonText({ schemaVersion: 1, machine, name, variable, set, reasons })}\n`;
}

function explanationData({ variable, isSet, reasons }: Explanation, spanOf: SpanOf) {
  const written = reasons.map(({ at, ...reason }) =>
    at === null ? reason : { ...reason, file: at.file, ...placeIn(spanOf(at)) },
  );
  return { variable, set: isSet, reasons: written };
}

function placeIn({ line, column }: Span): Pick<Span, 'line' | 'column'> {
  return { line, column };
}

/**
 * Returns the positions of `env MACHINE [ROOT]` or `env [ROOT] --machine M`. A single position that looks like a path
 * is the root.
 */
function positionsOf(
  positions: readonly string[],
  option: string | undefined,
): { readonly machine: string | undefined; readonly root: string | undefined } {
  const [first, second] = positions;
  if (option === undefined && second === undefined && first !== undefined && /[/\\]|^\.+$/.test(first)) {
    return { machine: undefined, root: first };
  }
  if (option === undefined) return { machine: first, root: second };
  if (second !== undefined) throw new UsageError(`Unexpected argument "${second}".`);
  return { machine: option, root: first };
}

/** Returns the requested machine, or the only one if none was named. */
function machineOf(fleet: Fleet, named: string | undefined): string {
  const machines = environmentMachines(fleet);
  if (named !== undefined && machines.includes(named)) return named;
  if (named !== undefined) throw new UsageError(noSuch('machine', named, machines));
  const [only] = machines;
  if (machines.length === 1 && only !== undefined) return only;
  if (only === undefined)
    throw new UsageError('No machine is declared here. `varsmith init` writes an example.');
  throw new UsageError(`Which machine? Name one: ${machines.join(', ')}.`);
}
