/** Watches folders, and groups changes that occur shortly after one another. */
import { type Disposable, RelativePattern, type Uri, workspace } from 'vscode';
import { isUnlisted } from './read-entries.ts';

/** Milliseconds within which changes are grouped. */
const TOGETHER_MS = 50;

export interface Watching extends Disposable {
  /** Watches a folder, unless it is already watched. */
  watch(root: Uri): void;
}

export function createWatching(onChanges: (uris: readonly Uri[]) => void): Watching {
  const watchers = new Map<string, Disposable>();
  const changed = new Map<string, Uri>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function note(uri: Uri): void {
    if (uri.path.split('/').some(isUnlisted)) return;
    changed.set(uri.toString(), uri);
    timer ??= setTimeout(() => {
      timer = undefined;
      const uris = [...changed.values()];
      changed.clear();
      onChanges(uris);
    }, TOGETHER_MS);
  }

  return {
    watch(root) {
      if (watchers.has(root.toString())) return;
      const watcher = workspace.createFileSystemWatcher(new RelativePattern(root, '**/*'));
      watcher.onDidCreate(note);
      watcher.onDidChange(note);
      watcher.onDidDelete(note);
      watchers.set(root.toString(), watcher);
    },
    dispose() {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.dispose();
    },
  };
}
