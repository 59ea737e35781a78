/**
 * Tasks that run `varsmith check` on a folder, both automatic ones and those in tasks.json. The problem matcher
 * `$varsmith` reads their findings. They start no program of the workspace, and the editor runs no tasks in untrusted
 * workspaces.
 */
import {
  type Disposable,
  l10n,
  ProcessExecution,
  Task,
  TaskGroup,
  tasks,
  type WorkspaceFolder,
  workspace,
} from 'vscode';
import { nodeEnvironment } from '../generate/program.ts';

/** The properties of a check task in tasks.json. */
interface CheckDefinition {
  readonly type: 'varsmith';
  readonly task: 'check';
  /** The lowest severity that makes the task fail. */
  readonly severity?: 'error' | 'warning' | 'info' | 'hint';
  /** The only rules to run. */
  readonly rules?: readonly string[];
}

/**
 * Milliseconds after the end of a task at which the editor may have read its last lines. There is no event for this:
 * it usually takes a tenth of the first delay, but much longer on a busy machine.
 */
const READ = [1_000, 5_000, 20_000];

/**
 * Registers the tasks.
 * @param cli absolute path of the bundled command line
 * @param showFindings publishes the language server's findings again
 */
export function registerCheckTasks(cli: string, showFindings: () => void): readonly Disposable[] {
  let timers: readonly NodeJS.Timeout[] = [];
  const cancel = () => timers.forEach(clearTimeout);
  // A matcher's findings replace the server's in the same file, and contain less: a task may run only some rules,
  // hints become infos, and related places are lost. Any task may use the matcher.
  const ended = tasks.onDidEndTaskProcess(() => {
    cancel();
    timers = READ.map(milliseconds => setTimeout(showFindings, milliseconds));
  });
  const provider = tasks.registerTaskProvider('varsmith', {
    provideTasks: () =>
      (workspace.workspaceFolders ?? []).map(folder =>
        checkTask(cli, { type: 'varsmith', task: 'check' }, folder),
      ),
    resolveTask: ({ definition, scope }) => {
      if (definition.task !== 'check') return undefined;
      const folder = typeof scope === 'object' ? scope : workspace.workspaceFolders?.[0];
      return folder && checkTask(cli, definition as CheckDefinition, folder);
    },
  });
  return [ended, provider, { dispose: cancel }];
}

function checkTask(cli: string, definition: CheckDefinition, folder: WorkspaceFolder): Task {
  const { severity, rules = [] } = definition;
  const args = [
    ...[cli, 'check', folder.uri.fsPath, '--format', 'lines'],
    ...(severity === undefined ? [] : ['--severity', severity]),
    ...rules.flatMap(rule => ['--rule', rule]),
  ];
  const run = new ProcessExecution(process.execPath, args, {
    cwd: folder.uri.fsPath,
    env: { ...nodeEnvironment },
  });
  const task = new Task(definition, folder, 'check', 'varsmith', run, '$varsmith');
  task.group = TaskGroup.Test;
  task.detail = l10n.t('varsmith check: all findings of the folder');
  return task;
}
