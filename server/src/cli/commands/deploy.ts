/**
 * `varsmith deploy`: verifies a machine's vars and shows the command, its target and the rollback; after confirmation
 * it runs the command in the person's own terminal.
 */

import { ACTIONS, type DeployRequest, TOOLS } from '../../deploy/deployment.ts';
import { runHere } from '../../deploy/local-host.ts';
import { planDeployment } from '../../deploy/plan-deployment.ts';
import { oneOf, type Parsed } from '../arguments.ts';
import { EXIT, type Io, say, UsageError } from '../io.ts';
import { machineNamed, mustBeKnownNames } from '../names.ts';
import { openFleet } from '../open-fleet.ts';
import { writeDeployment, writeDeploymentJson } from '../output/runs/deployment-text.ts';
import { terminalOf } from '../reporter/ask.ts';
import { confirm } from '../reporter/terminal.ts';
import { readCommand } from '../table/read-command.ts';

export async function deploy(args: readonly string[], io: Io): Promise<number> {
  const end = args.indexOf('--');
  const parsed = readCommand('deploy', end === -1 ? args : args.slice(0, end));
  const [name, root] = parsed.positions;
  if (name === undefined) throw new UsageError('Specify a machine: varsmith deploy MACHINE.');
  const options = optionsOf(parsed);
  const open = await openFleet(root, io, { scan: 'access' });
  const request = {
    ...{ machine: machineNamed(open.fleet(), name), ...options },
    more: end === -1 ? [] : args.slice(end + 1),
  };
  const plan = await planDeployment(open, request, io.env, mustBeKnownNames);
  const isDry = parsed.flag('dry-run');
  if (parsed.flag('json')) {
    if (!isDry) throw new UsageError('--json shows what would be run: add --dry-run.');
    writeDeploymentJson(open.root, plan, io);
    return 'refused' in plan.deployment || plan.problems.length > 0 ? EXIT.findings : EXIT.ok;
  }
  const deployment = writeDeployment(plan, parsed.flag('anyway'), io);
  if (deployment === null) return EXIT.findings;
  if (isDry) return EXIT.ok;
  if (!parsed.flag('yes') && !(await isConfirmed(io))) return EXIT.findings;
  const { command, rollback } = deployment;
  const code = await runHere(command, open.root, io.env);
  if (code !== 0) say(io, `${command.join(' ')} ended with ${code}. ${rollback[0]}`);
  return code === 0 ? EXIT.ok : EXIT.findings;
}

/** @throws UsageError if options contradict each other */
function optionsOf(parsed: Parsed): Omit<DeployRequest, 'machine' | 'more'> {
  const [action = 'switch', ...others] = ACTIONS.filter(name => name !== 'switch' && parsed.flag(name));
  if (others.length > 0)
    throw new UsageError(`${[action, ...others].map(name => `--${name}`).join(' and ')} cannot be combined.`);
  return {
    action,
    tool: oneOf('--with', parsed.option('with'), TOOLS, 'auto'),
    targetHost: parsed.option('target-host') ?? null,
    buildHost: parsed.option('build-host') ?? null,
    local: parsed.flag('local'),
  };
}

/**
 * Asks for confirmation.
 * @throws UsageError if there is nobody to ask, Cancelled
 */
async function isConfirmed(io: Io): Promise<boolean> {
  const terminal = terminalOf(io);
  if (terminal === null) throw new UsageError('There is no terminal to confirm this: use --yes to run it.');
  const isSure = await confirm(terminal, 'Run it?');
  if (!isSure) say(io, 'Nothing was run.');
  return isSure;
}
