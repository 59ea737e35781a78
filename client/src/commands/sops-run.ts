/** Runs the command line for commands about secrets of sops-nix and agenix. */
import { l10n, ProgressLocation, Uri, window, workspace } from 'vscode';
import { askProgram } from '../generate/ask-program.ts';
import { tellFailure } from '../generate/offer-help.ts';
import type { SecretNode } from '../views/secret-items.ts';
import type { TextPage } from '../views/text-page.ts';

/** The root and the item that a command was started for. */
export interface About {
  readonly run: Run;
  /** URI of the fleet. */
  readonly root: string;
  /** Absolute path of the fleet. */
  readonly cwd: string;
  readonly diff: TextPage;
  /** The item of the view from whose menu the command was started. */
  readonly node: SecretNode | null;
}

/** Asks the command line about a fleet. Returns `null` if it failed and the person has been informed. */
export type Run = <T extends object>(args: readonly string[], input?: string) => Promise<T | null>;

/**
 * Returns a runner that keeps the key files that the person chose, for all further runs.
 * @param cli absolute path of the bundled command line
 * @param root URI of the fleet
 */
export function runner(cli: string, root: string): Run {
  const cwd = Uri.parse(root).fsPath;
  const keys: string[] = [];
  return async function run<T extends object>(args: readonly string[], input = ''): Promise<T | null> {
    const answer = await window.withProgress(
      { location: ProgressLocation.Window, title: l10n.t('Varsmith: encrypted files') },
      () => askProgram<T>({ cli, cwd, trusted: workspace.isTrusted, args: [...args, ...keys] }, input),
    );
    if (answer.failure === null) return answer.value;
    let repeated: T | null = null;
    await tellFailure(answer.failure, {
      ...{ root, takesKeyFile: true },
      again: async more => {
        keys.push(...more);
        repeated = await run<T>(args, input);
      },
    });
    return repeated;
  };
}
