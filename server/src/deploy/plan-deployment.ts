/** Plans a deployment: the command, and the reasons against it. The door for the command line and for editors. */
import type { Plan } from '../generate/plan/plan.ts';
import { type Deployment, type DeployRequest, deploymentOf, type NotDeployable } from './deployment.ts';
import { type Environment, here } from './local-host.ts';
import { type DeployedFleet, deploymentProblems, type Problem } from './problems.ts';

export interface DeploymentPlan {
  readonly machine: string;
  readonly deployment: Deployment | NotDeployable;
  readonly problems: readonly Problem[];
}

/**
 * Returns the plan for running the request on this computer.
 * @param planned checks the plan by which the machine's vars are verified
 * @throws StoreFailure, HostFailure if the vars cannot be verified; errors of `planned`
 */
export async function planDeployment(
  fleet: DeployedFleet,
  request: DeployRequest,
  env: Environment,
  planned: (plan: Plan, machines: readonly string[]) => void,
): Promise<DeploymentPlan> {
  const machine = request.machine.name;
  const deployment = deploymentOf(request, fleet.fleet().isClan, await here(env));
  // A rollback returns to an earlier deployment, which the current vars do not affect.
  const problems = request.action === 'rollback' ? [] : await deploymentProblems(fleet, machine, planned);
  return { machine, deployment, problems };
}
