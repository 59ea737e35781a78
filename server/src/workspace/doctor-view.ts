/** Describes a workspace for the doctor. */
import type { Examined } from '../doctor/examined.ts';
import { sortedUnique } from '../std.ts';
import { rootMarker } from './discovery.ts';
import type { Workspace } from './workspace.ts';

/**
 * Returns the description.
 * @param problems mistakes in the settings, a sentence each
 */
export function examinedIn(workspace: Workspace, problems: readonly string[]): Examined {
  const { root, files, settings } = workspace;
  let nixFiles = 0;
  for (const _ of files.nixFiles()) nixFiles++;
  return {
    root,
    marker: rootMarker(root),
    files,
    fleet: workspace.fleet(),
    storeCommand: settings.store?.command ?? null,
    storeBackend: settings.store?.backend ?? null,
    nixFiles,
    skipped: files.skipped(),
    problems,
    enabled: settings.enable,
    untracked: () =>
      sortedUnique(
        [...workspace.snapshot().findings.values()]
          .flat()
          .flatMap(({ cure }) => (cure?.command === 'track' ? cure.paths : [])),
      ),
  };
}
