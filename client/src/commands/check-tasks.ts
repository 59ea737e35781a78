/**
 * Tasks that run `varsmith check` over a folder: listed for each, and as tasks.json has them. Its findings are read by the
 * problem matcher `$varsmith`. They run no program of the workspace; the editor runs no task at all in an untrusted one.
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
  /** Findings of this level or above fail the task. */
  readonly severity?: 'error' | 'warning' | 'info' | 'hint';
  /** Only these rules. */
  readonly rules?: readonly string[];
}

/**
 * Milliseconds after the end of a task at which the editor may have read its last lines. It says nothing of when it has: mostly
 * it is a tenth of the first, but on a busy machine much later.
 */
const READ = [1_000, 5_000, 20_000];

/**
 * @param cli absolute path of the bundled command line
 * @param showFindings shows what the language server has found once more
 */
export function registerCheckTasks(cli: string, showFindings: () => void): readonly Disposable[] {
  let timers: readonly NodeJS.Timeout[] = [];
  const cancel = () => timers.forEach(clearTimeout);
  // What a matcher reads takes the place of what the server has found in the same file, and knows less: a task may look
  // for some rules alone, hints become infos, and related places are lost. Any task may use it.
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
