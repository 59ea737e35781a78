/** The command behind "Open the documentation": the client is asked to show the page of a rule. */

import type { Connection, ExecuteCommandParams } from 'vscode-languageserver';
import { OPEN_DOCUMENTATION } from '../capabilities.ts';
import { webPageOf } from '../documentation.ts';

/** @param isRule true for the ids of rules, and of what else has a page */
export async function onExecuteCommand(
  connection: Connection,
  isRule: (id: string) => boolean,
  { command, arguments: [rule] = [] }: ExecuteCommandParams,
): Promise<void> {
  // The argument becomes an address that is opened outside the editor, so it must be one of ours.
  if (command !== OPEN_DOCUMENTATION || typeof rule !== 'string' || !isRule(rule)) return;
  await connection.window.showDocument({ uri: webPageOf(rule), external: true });
}
