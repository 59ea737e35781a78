/**
 * Commands that cure findings: the client's own commands if it has announced them, otherwise a sentence with the
 * command line.
 */
import type { Command } from 'vscode-languageserver';
import { type Cure, messageWithCure, offersOf } from '../checks/cure.ts';
import type { Finding } from '../checks/rule.ts';
import type { Client } from './client.ts';
import type { GenerateTarget } from './messages.ts';

export const GENERATE = 'varsmith.generate';

const COMMANDS: Readonly<Record<Cure['command'], string>> = {
  generate: GENERATE,
  fix: 'varsmith.fixAccess',
  track: 'varsmith.trackFiles',
};

type Commands = Pick<Client, 'commands'>;

/** Returns the message of a finding, without the command that the client already offers as an action. */
export function shownMessage({ commands }: Commands, finding: Finding): string {
  const { cure, message } = finding;
  return cure !== undefined && commands.includes(COMMANDS[cure.command]) ? message : messageWithCure(finding);
}

/**
 * Returns the client's commands that cure a finding, the most fitting first.
 * @param root URI of the root
 */
export function curesFor({ commands }: Commands, { cure }: Finding, root: string): Command[] {
  if (cure === undefined) return [];
  const command = COMMANDS[cure.command];
  if (!commands.includes(command)) return [];
  return offersOf(cure).map(({ title, machines }) => ({
    ...{ title, command },
    arguments: argumentsOf(cure, root, machines),
  }));
}

function argumentsOf(cure: Cure, root: string, machines: readonly string[]): unknown[] {
  switch (cure.command) {
    case 'fix':
      return [root];
    case 'track':
      return [root, cure.paths];
    case 'generate': {
      const generators = cure.generator === null ? [] : [cure.generator];
      return [{ root, machines, generators } satisfies GenerateTarget];
    }
  }
}
