/** What the fleet views say about themselves: badge, filter, and why they are empty. Plain text from plain data. */
import type { FleetFilter, FleetRoot } from './protocol.ts';

export interface Badge {
  readonly value: number;
  readonly tooltip: string;
}

/** How much is missing or outdated; undefined where nothing is. */
export function lackingBadge(roots: readonly FleetRoot[]): Badge | undefined {
  const missing = roots.reduce((sum, { lacking }) => sum + lacking.missing, 0);
  const outdated = roots.reduce((sum, { lacking }) => sum + lacking.outdated, 0);
  if (missing + outdated === 0) return undefined;
  const words = [
    missing > 0 ? `${missing} ${missing === 1 ? 'file is' : 'files are'} not generated` : '',
    outdated > 0
      ? `${outdated} ${outdated === 1 ? 'generator is' : 'generators are'} outdated: made from other or older values`
      : '',
  ];
  return { value: missing + outdated, tooltip: words.filter(Boolean).join('; ') };
}

/** Empty where all is shown. */
export function filterText({ text, lacking }: FleetFilter): string {
  const words = [text === '' ? '' : `"${text}"`, lacking ? 'not generated or outdated' : ''].filter(Boolean);
  return words.length === 0 ? '' : `Shown: ${words.join(', ')}`;
}

/** Which of the welcome texts in package.json is shown where a view has nothing; their `when` names these. */
export function emptyState(
  roots: readonly FleetRoot[],
  { text, lacking }: FleetFilter,
  failed: boolean,
): 'failed' | 'filtered' | 'noFleet' | 'noMachines' {
  if (failed) return 'failed';
  if (text !== '' || lacking) return 'filtered';
  return roots.some(({ isFleet }) => isFleet) ? 'noMachines' : 'noFleet';
}
