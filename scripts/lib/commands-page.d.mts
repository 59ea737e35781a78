import type { CommandSpec } from '../../server/src/cli/commands/command.ts';

export function commandsPage(groups: readonly (readonly CommandSpec[])[]): string;
