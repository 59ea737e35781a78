/** Collects the reasons against deploying a machine: problems with its vars, and errors that rules report. */

import type { Finding } from '../checks/rule.ts';
import type { Fleet } from '../fleet/model/fleet.ts';
import type { Plan } from '../generate/plan/plan.ts';
import { type VerifiedFleet, verifyVars } from '../generate/run/verify-vars.ts';

/** A reason why a machine should not be deployed. */
export interface Problem {
  readonly kind: string;
  readonly message: string;
  /** The problem without the command that mends it; absent if no command is named. */
  readonly what?: string;
}

export interface DeployedFleet extends VerifiedFleet {
  /** Returns all findings of the rules. */
  findings(): readonly Finding[];
}

/**
 * Returns the problems that verification finds for the machine, and the errors that rules report for it or for the
 * whole fleet.
 * @param planned checks the plan by which the vars are verified
 */
export async function deploymentProblems(
  fleet: DeployedFleet,
  machine: string,
  planned: (plan: Plan, machines: readonly string[]) => void,
): Promise<readonly Problem[]> {
  const { problems } = await verifyVars(fleet, { machines: [machine], generators: [] }, planned);
  const isElsewhere = ofOtherMachines(fleet.fleet(), machine);
  const concerns = ({ severity, machines, at }: Finding) =>
    severity === 'error' && (machines.length === 0 ? !isElsewhere(at.file) : machines.includes(machine));
  const findings = fleet.findings().filter(concerns);
  return [
    ...problems
      .filter(problem => problem.kind !== 'access' || concernsReader(problem, machine))
      .map(({ kind, message, ...rest }) => ({
        kind,
        message,
        ...('what' in rest ? { what: rest.what } : {}),
      })),
    ...findings.map(({ rule, at, message }) => ({
      kind: 'finding',
      message: `${at.file}: ${message} (${rule})`,
    })),
  ];
}

/** Returns whether wrong recipients of a secret concern the machine itself. What others cannot read does not stop it. */
function concernsReader(
  { gains, losses }: { readonly gains: readonly Reader[]; readonly losses: readonly Reader[] },
  machine: string,
): boolean {
  const isUnknown = gains.length + losses.length === 0;
  return isUnknown || gains.some(({ kind, name }) => kind === 'machine' && name === machine);
}

interface Reader {
  readonly kind: string;
  readonly name: string | null;
}

/** Returns a predicate for files that are modules of other machines only. */
function ofOtherMachines({ modules }: Fleet, machine: string): (file: string) => boolean {
  const ofMachine = new Set<string>();
  const others = new Set<string>();
  for (const [name, { files }] of modules)
    for (const file of files) (name === machine ? ofMachine : others).add(file);
  return file => others.has(file) && !ofMachine.has(file);
}
