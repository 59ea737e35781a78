/** Runs a program in a terminal that stays open when it has ended, with what it said. */
import { ProcessExecution, Task, TaskPanelKind, TaskRevealKind, TaskScope, tasks } from 'vscode';

/**
 * @param command the program and its arguments; no shell reads them
 * @param env goes beyond the environment that terminals have
 */
export async function runInTerminal(
  title: string,
  cwd: string,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const [program = '', ...args] = command;
  const task = new Task(
    { type: 'varsmith', task: title },
    TaskScope.Workspace,
    title,
    'varsmith',
    new ProcessExecution(program, args, { cwd, env }),
  );
  task.presentationOptions = {
    reveal: TaskRevealKind.Always,
    panel: TaskPanelKind.Dedicated,
    focus: true,
    clear: true,
  };
  await tasks.executeTask(task);
}
