/** Runs a program in a terminal that stays open with its output after the program has ended. */
import { ProcessExecution, Task, TaskPanelKind, TaskRevealKind, TaskScope, tasks } from 'vscode';

/**
 * Runs a program in a new terminal.
 * @param command the program and its arguments, run without a shell
 * @param env variables to add to the terminals' environment
 * @param ended called when the program has ended, however it did
 */
export async function runInTerminal(
  title: string,
  cwd: string,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
  ended: () => void = () => undefined,
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
  const execution = await tasks.executeTask(task);
  const listener = tasks.onDidEndTaskProcess(event => {
    if (event.execution !== execution) return;
    listener.dispose();
    ended();
  });
}
