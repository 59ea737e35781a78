/** Runs a program in a terminal that stays open with its output after the program has ended. */
import {
  commands,
  l10n,
  ProcessExecution,
  Task,
  type TaskExecution,
  TaskPanelKind,
  TaskRevealKind,
  TaskScope,
  tasks,
  window,
} from 'vscode';

export interface TerminalRun {
  readonly title: string;
  /** Absolute path of the fleet. */
  readonly cwd: string;
  /** The program and its arguments, run without a shell. */
  readonly command: readonly string[];
  /** Variables to add to the terminals' environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called when the program has ended, with its exit code; `undefined` if it was ended by a signal. */
  readonly ended?: (code: number | undefined) => void;
}

const SOURCE = 'varsmith';

/** Runs a program in a new terminal. */
export async function runInTerminal({ title, cwd, command, env = {}, ended }: TerminalRun): Promise<void> {
  const [program = '', ...args] = command;
  const task = new Task(
    { type: 'varsmith', task: title },
    TaskScope.Workspace,
    title,
    SOURCE,
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
    ended?.(event.exitCode);
  });
}

/**
 * Tells the person that a program is still running in a terminal, as a second one beside it would get in its way, and
 * VS Code would offer to end the first.
 * @param titles of the terminals to look for
 * @param cwd absolute path of the fleet
 * @returns whether one is running
 */
export function isRunning(titles: readonly string[], cwd: string, message: string): boolean {
  const execution = tasks.taskExecutions.find(
    ({ task }) => task.source === SOURCE && titles.includes(task.name) && isIn(task, cwd),
  );
  if (execution === undefined) return false;
  void tellWithTerminal(message, execution.task.name, window.showWarningMessage);
  return true;
}

/** Shows a message with a button that leads to a terminal. */
export async function tellWithTerminal(
  message: string,
  title: string,
  show: (message: string, button: string) => Thenable<string | undefined>,
): Promise<void> {
  if ((await show(message, l10n.t('Show Terminal'))) === undefined) return;
  // The editor names the terminals of tasks after them.
  const terminal = window.terminals.find(({ name }) => name.includes(title));
  if (terminal === undefined) await commands.executeCommand('workbench.action.terminal.focus');
  else terminal.show();
}

/** Returns whether a task works on a fleet. One that has outlived a window no longer says where it runs. */
function isIn({ execution }: TaskExecution['task'], cwd: string): boolean {
  return !(execution instanceof ProcessExecution) || (execution.options?.cwd ?? cwd) === cwd;
}
