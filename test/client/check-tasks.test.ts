// The tasks that check a folder, and the problem matcher that reads what they say.
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { registerCheckTasks } from '../../client/src/commands/check-tasks.ts';
import manifest from '../../package.json' with { type: 'json' };
import { brokenFleet } from '../cli/fleets.ts';
import { varsmith } from '../cli/support.ts';
import { endedTasks, type Task, tasks, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

interface Provider {
  provideTasks(): Task[];
  resolveTask(task: unknown): Task | undefined;
}

const showFindings = vi.fn();
let registered: readonly { dispose(): void }[];
const folder = { uri: { fsPath: '/fleet' }, name: 'fleet', index: 0 };

beforeEach(() => {
  vi.clearAllMocks();
  workspace.workspaceFolders = [folder];
  registered = registerCheckTasks('/ext/dist/cli.js', showFindings);
});

afterEach(() => {
  for (const one of registered) one.dispose();
});

const provider = () => tasks.registerTaskProvider.mock.calls[0]?.[1] as Provider;

test('each folder has one', () => {
  const [task] = provider().provideTasks();
  expect(task?.execution.args).toEqual(['/ext/dist/cli.js', 'check', '/fleet', '--format', 'lines']);
  expect(task?.matchers).toBe('$varsmith');
});

test('tasks.json may say how severe and which rules', () => {
  const definition = {
    type: 'varsmith',
    task: 'check',
    severity: 'warning',
    rules: ['registry/unknown-key'],
  };
  const task = provider().resolveTask({ definition, scope: folder });
  expect(task?.execution.args.slice(5)).toEqual(['--severity', 'warning', '--rule', 'registry/unknown-key']);
  expect(provider().resolveTask({ definition: { type: 'varsmith', task: 'other' } })).toBeUndefined();
});

test('the problem matcher reads every line that check writes', async () => {
  const [pattern] = manifest.contributes.problemPatterns;
  const root = brokenFleet();
  const { stdout } = await varsmith(['check', root, '--format', 'lines']);
  const { findings } = JSON.parse((await varsmith(['check', root, '--format', 'json'])).stdout);
  const read = stdout
    .trimEnd()
    .split('\n')
    .map(line => new RegExp(pattern?.regexp ?? '').exec(line) ?? [line]);
  expect(findings.length).toBeGreaterThan(10);
  expect(
    read.map(([, file, line, column, endLine, endColumn, severity, message, rule]) => ({
      ...{ file, line: Number(line), column: Number(column), endLine: Number(endLine) },
      ...{ endColumn: Number(endColumn), severity, message, rule },
    })),
  ).toEqual(
    findings.map((one: Record<string, unknown>) => ({
      ...{ file: one.file, line: one.line, column: one.column, endLine: one.endLine },
      ...{ endColumn: one.endColumn, severity: one.severity, message: one.message, rule: one.rule },
    })),
  );
});

test('what the server found is shown again when the editor has read what tasks say', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  endedTasks.fire(undefined);
  vi.advanceTimersByTime(500);
  endedTasks.fire(undefined);
  vi.advanceTimersByTime(900);
  expect(showFindings).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100);
  expect(showFindings).toHaveBeenCalledOnce();
  // A busy editor may have read them only now.
  vi.advanceTimersByTime(19_000);
  expect(showFindings).toHaveBeenCalledTimes(3);
  endedTasks.fire(undefined);
  for (const one of registered) one.dispose();
  expect(vi.getTimerCount()).toBe(0);
});
