/**
 * `varsmith deploy`: verifies a machine's vars and shows the command, its target and the rollback; after confirmation
 * it runs the command in the person's own terminal.
 */

import { counted } from '../../checks/facts/wording.ts';
import {
  ACTIONS,
  type Action,
  commandText,
  type Deployment,
  deploymentOf,
  type NotDeployable,
  TOOLS,
} from '../../deploy/deployment.ts';
import { here, runHere } from '../../deploy/local-host.ts';
import { deploymentProblems, type Problem } from '../../deploy/problems.ts';
import { oneOf, type Parsed } from '../arguments.ts';
import { EXIT, type Io, painter, printable, say, UsageError } from '../io.ts';
import { machineNamed, mustBeKnownNames } from '../names.ts';
import { type OpenFleet, openFleet } from '../open-fleet.ts';
import { jsonText } from '../output/json-text.ts';
import { terminalOf } from '../reporter/ask.ts';
import { confirm } from '../reporter/terminal.ts';
import { readCommand } from '../table/read-command.ts';

export async function deploy(args: readonly string[], io: Io): Promise<number> {
  const end = args.indexOf('--');
  const ourArguments = end === -1 ? args : args.slice(0, end);
  const parsed = readCommand('deploy', ourArguments);
  const [name, root] = parsed.positions;
  if (name === undefined) throw new UsageError('Say which machine: varsmith deploy MACHINE.');
  const actions = ACTIONS.filter(action => action !== 'switch' && parsed.flag(action)).map(
    action => `--${action}`,
  );
  if (actions.length > 1) throw new UsageError(`${actions.join(' and ')} exclude each other.`);
  const tool = oneOf('--with', parsed.option('with'), TOOLS, 'auto');
  const open = await openFleet(root, io, { scan: 'access' });
  const machine = machineNamed(open.fleet(), name);
  const request = {
    machine,
    action: actionOf(parsed),
    tool,
    targetHost: parsed.option('target-host') ?? null,
    buildHost: parsed.option('build-host') ?? null,
    local: parsed.flag('local'),
    more: end === -1 ? [] : args.slice(end + 1),
  };
  const deployment = deploymentOf(request, open.fleet().isClan, await here(io.env));
  // A rollback returns to an earlier deployment, which the current vars do not affect.
  const problems =
    request.action === 'rollback' ? [] : await deploymentProblems(open, name, mustBeKnownNames);
  if (parsed.flag('json')) {
    if (!parsed.flag('dry-run'))
      throw new UsageError('--json says what would be run: give --dry-run with it.');
    const data = { schemaVersion: 1, root: open.root, machine: name, problems, ...described(deployment) };
    io.stdout.write(`${jsonText(data)}\n`);
    return 'refused' in deployment || problems.length > 0 ? EXIT.findings : EXIT.ok;
  }
  return inSentences({ parsed, open, name, deployment, problems, io });
}

function actionOf(parsed: Parsed): Action {
  return ACTIONS.find(action => action !== 'switch' && parsed.flag(action)) ?? 'switch';
}

function described(deployment: Deployment | NotDeployable) {
  return 'refused' in deployment ? deployment : { refused: null, needsTarget: false, ...deployment };
}

interface DeploymentText {
  readonly parsed: Parsed;
  readonly open: OpenFleet;
  readonly name: string;
  readonly deployment: Deployment | NotDeployable;
  readonly problems: readonly Problem[];
  readonly io: Io;
}

async function inSentences({
  parsed,
  open,
  name,
  deployment,
  problems,
  io,
}: DeploymentText): Promise<number> {
  const paint = painter(io.stderr, io.env);
  for (const { message } of problems) io.stderr.write(`${paint('red', '✗')} ${printable(message)}\n`);
  if ('refused' in deployment) {
    say(io, deployment.refused);
    return EXIT.findings;
  }
  const { command, where, rollback } = deployment;
  io.stdout.write(`${printable(commandText(command))}\n`);
  say(io, `It changes ${where}.`, ...rollback);
  if (problems.length > 0 && !parsed.flag('anyway')) {
    say(
      io,
      `Nothing was run: ${counted(problems.length, 'problem')} with ${name}. --anyway deploys all the same.`,
    );
    return EXIT.findings;
  }
  if (parsed.flag('dry-run')) return EXIT.ok;
  if (!parsed.flag('yes') && !(await isConfirmed(io))) return EXIT.findings;
  const code = await runHere(command, open.root, io.env);
  if (code !== 0) say(io, `${command.join(' ')} ended with ${code}. ${rollback[0]}`);
  return code === 0 ? EXIT.ok : EXIT.findings;
}

/**
 * Asks for confirmation.
 * @throws UsageError if there is nobody to ask, Cancelled
 */
async function isConfirmed(io: Io): Promise<boolean> {
  const terminal = terminalOf(io);
  if (terminal === null) throw new UsageError('There is nobody to confirm this: use --yes to run it.');
  const isSure = await confirm(terminal, 'Run it?');
  if (!isSure) say(io, 'Nothing was run.');
  return isSure;
}
