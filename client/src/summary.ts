/** The sentence that sums up a check. Plain text from plain data; it knows no editor. */
import type { CheckWorkspaceResult } from './protocol.ts';

/** "Checked 34 files: 2 errors, 1 warning." Severities without findings are left out. */
export function summarize(result: CheckWorkspaceResult): string {
  const counts = [
    count(result.errors, 'error'),
    count(result.warnings, 'warning'),
    count(result.infos, 'info'),
    count(result.hints, 'hint'),
  ].filter(text => text !== undefined);
  const found = counts.length > 0 ? counts.join(', ') : 'nothing to report';
  return `Checked ${count(result.files, 'file') ?? 'no files'}: ${found}.`;
}

/** Whether the Problems view has something to show; VS Code lists hints there too, if asked. */
export function hasFindings(result: CheckWorkspaceResult): boolean {
  return result.errors + result.warnings + result.infos + result.hints > 0;
}

function count(number: number, word: string): string | undefined {
  if (number === 0) return undefined;
  return number === 1 ? `1 ${word}` : `${number} ${word}s`;
}
