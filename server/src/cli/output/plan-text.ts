/** Renders plans as text for people and as data for programs. */

import { counted } from '../../checks/facts/wording.ts';
import type { NixWitness } from '../../fleet/model/nix-answer.ts';
import type { Plan, PlanStep } from '../../generate/plan/plan.ts';
import { outdatedText } from '../../generate/plan/status-words.ts';
import { type Paint, printable } from '../io.ts';
import { witnessData, witnessText } from './nix-report.ts';

/**
 * Returns a plan as plain data, for programs.
 * @param nix what Nix says of the fleet; null if it was not asked
 */
export function planData({ steps, problems, notes }: Plan, nix: NixWitness | null = null) {
  return {
    steps: steps.map(({ generator, reason, older, missing, overwrites }) => ({
      key: generator.key,
      generator: generator.name,
      machine: generator.machine,
      machines: generator.machines,
      reason,
      older,
      missing,
      overwrites,
      files: generator.files.map(({ name, secret }) => ({ name, secret })),
      prompts: generator.prompts.map(({ name, type, persist }) => ({ name, type, persist })),
      dependencies: generator.dependencies.map(({ key }) => key),
      ...witnessData(nix, placedOf(generator)),
    })),
    problems,
    notes,
  };
}

/**
 * Returns a plan as text for people.
 * @param none the message for a plan without generators
 * @param nix what Nix says of the fleet; null if it was not asked
 */
export function planText(
  { generators, steps, problems, notes }: Plan,
  paint: Paint,
  none = 'Nothing to generate.',
  nix: NixWitness | null = null,
): string {
  const width = Math.max(0, ...steps.map(step => step.generator.key.length));
  const lines = steps.map(
    step =>
      `  ${printable(step.generator.key).padEnd(width)}  ${paint('dim', printable(`${reasonText(step)}${witnessText(nix, placedOf(step.generator))}`))}`,
  );
  const overwritten = steps.reduce((sum, step) => sum + step.overwrites.length, 0);
  return [
    ...(steps.length === 0
      ? problems.length > 0
        ? []
        : [generators.all.size === 0 ? none : 'Nothing to generate.']
      : [`${counted(steps.length, 'generator')} to run, in this order:`, ...lines]),
    ...(overwritten === 0
      ? []
      : [paint('yellow', `${counted(overwritten, 'stored value')} would be overwritten.`)]),
    ...problems.map(({ message }) => `${paint('red', 'problem:')} ${printable(message)}`),
    ...notes.map(({ message }) => `${paint('blue', 'note:')} ${printable(message)}`),
    '',
  ].join('\n');
}

function placedOf({ name, machines }: PlanStep['generator']) {
  return { generator: name, machines };
}

/** Returns the reason why a generator runs, and the effect on its files. */
function reasonText({ reason, older, missing, overwrites }: PlanStep): string {
  const over = overwrites.length === 0 ? '' : `; overwrites ${overwrites.join(', ')}`;
  switch (reason) {
    case 'missing':
      return `missing: ${missing.join(', ')}${over}`;
    case 'requested':
      return `asked for${over}`;
    case 'dependent':
      return `made from what changes${over}`;
    default:
      return `${outdatedText({ reason, older })}${over}`;
  }
}
