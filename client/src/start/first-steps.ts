/** Completes the steps of the walkthrough that are not commands: opening a fleet and fixing a finding. */
import { commands, type Disposable, languages, type Uri, workspace } from 'vscode';

/** Files that mark a fleet in the open folder. */
const MARKERS = '{.clan-flake,flake.nix}';
/** The source that the server sets in its findings. */
const SOURCE = 'varsmith';

export function registerFirstSteps(): Disposable {
  void findFleet();
  return watchFindings();
}

async function findFleet(): Promise<void> {
  const [marker] = await workspace.findFiles(MARKERS, null, 1);
  if (marker !== undefined) await setContext('varsmith.fleetOpen');
}

/** Completes the step when an edited file has fewer findings than before, then stops listening. */
function watchFindings(): Disposable {
  const counts = new Map<string, number>();
  const listening = languages.onDidChangeDiagnostics(({ uris }) => {
    if (uris.some(uri => isFewer(counts, uri))) {
      listening.dispose();
      void setContext('varsmith.findingFixed');
    }
  });
  return listening;
}

function isFewer(counts: Map<string, number>, uri: Uri): boolean {
  const key = uri.toString();
  const count = languages.getDiagnostics(uri).filter(({ source }) => source === SOURCE).length;
  const before = counts.get(key) ?? 0;
  counts.set(key, count);
  return (
    count < before && workspace.textDocuments.some(({ uri, isDirty }) => isDirty && uri.toString() === key)
  );
}

async function setContext(key: string): Promise<void> {
  await commands.executeCommand('setContext', key, true);
}
