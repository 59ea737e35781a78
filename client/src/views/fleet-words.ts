/** Texts of the fleet views: badge, filter, and the reason why they are empty. Plain text from plain data. */
import { l10n } from 'vscode';
import type { FleetFilter, FleetRoot } from '../protocol/fleet.ts';

export interface Badge {
  readonly value: number;
  readonly tooltip: string;
}

/** Above this number a badge says nothing any more: VS Code shortens it to "5K+". */
const MANY = 99;

/**
 * Returns the number of generators to generate, or, if those are many, of the machines that have them. Undefined if there
 * are none.
 */
export function lackingBadge(roots: readonly FleetRoot[]): Badge | undefined {
  const lacking = roots.filter(root => root.lacking > 0);
  if (lacking.length === 0) return undefined;
  const words = lacking.map(({ name, summary }) => (roots.length > 1 ? `${name}: ${summary}` : summary));
  const value = lacking.reduce((sum, root) => sum + root.lacking, 0);
  if (value <= MANY) return { value, tooltip: words.join('\n') };
  const machines = lacking.flatMap(root => root.machines.filter(machine => machine.lacking > 0)).length;
  return { value: machines, tooltip: [l10n.t('Machines with something to generate'), ...words].join('\n') };
}

/** Returns a description of the filter, or '' if it excludes nothing. */
export function filterText({ text, lacking }: FleetFilter): string {
  if (text === '') return lacking ? l10n.t('Shown: missing, outdated or not readable') : '';
  return lacking
    ? l10n.t('Shown: "{0}", missing, outdated or not readable', text)
    : l10n.t('Shown: "{0}"', text);
}

/** Returns the name of the welcome text for an empty view, as used in `when` clauses of package.json. */
export function emptyState(
  roots: readonly FleetRoot[],
  { text, lacking }: FleetFilter,
  failed: boolean,
): 'failed' | 'filtered' | 'noFleet' | 'noMachines' {
  if (failed) return 'failed';
  if (text !== '' || lacking) return 'filtered';
  return roots.some(({ isFleet }) => isFleet) ? 'noMachines' : 'noFleet';
}
