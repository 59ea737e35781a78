/** Runs the command "Open the documentation", which asks the client to show a rule's page. */

import type { Connection, ExecuteCommandParams } from 'vscode-languageserver';
import { OPEN_DOCUMENTATION } from '../capabilities.ts';
import { webPageOf } from '../documentation.ts';

/**
 * Runs the command.
 * @param isRule returns true for ids of rules and of other pages
 */
export async function onExecuteCommand(
  connection: Connection,
  isRule: (id: string) => boolean,
  { command, arguments: [rule] = [] }: ExecuteCommandParams,
): Promise<void> {
  // The argument is opened as an address outside the editor, so it must be one of ours.
  if (command !== OPEN_DOCUMENTATION || typeof rule !== 'string' || !isRule(rule)) return;
  await connection.window.showDocument({ uri: webPageOf(rule), external: true });
}
