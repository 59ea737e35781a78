/** Prints the plan of a deployment. */
import { counted } from '../../../checks/facts/wording.ts';
import { commandText, type Deployment } from '../../../deploy/deployment.ts';
import type { DeploymentPlan } from '../../../deploy/plan-deployment.ts';
import { type Io, painter, printable, say } from '../../io.ts';
import { jsonText } from '../json-text.ts';

export function writeDeploymentJson(root: string, plan: DeploymentPlan, io: Io): void {
  const { machine, deployment, problems } = plan;
  const described =
    'refused' in deployment ? deployment : { refused: null, needsTarget: false, ...deployment };
  io.stdout.write(`${jsonText({ schemaVersion: 1, root, machine, problems, ...described })}\n`);
}

/**
 * Prints the problems and the command.
 * @returns what may be run; null if nothing can, or problems stand against it
 * @param anyway true to deploy in spite of problems
 */
export function writeDeployment(plan: DeploymentPlan, anyway: boolean, io: Io): Deployment | null {
  const { machine, deployment, problems } = plan;
  const paint = painter(io.stderr, io.env);
  for (const { message } of problems) io.stderr.write(`${paint('red', '✗')} ${printable(message)}\n`);
  if ('refused' in deployment) {
    say(io, deployment.refused);
    return null;
  }
  io.stdout.write(`${printable(commandText(deployment.command))}\n`);
  say(io, `It changes ${deployment.where}.`, ...deployment.rollback);
  if (problems.length === 0 || anyway) return deployment;
  say(
    io,
    `Nothing was run: ${counted(problems.length, 'problem')} with ${machine}. --anyway deploys nevertheless.`,
  );
  return null;
}
