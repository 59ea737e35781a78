import type { CommandSpec } from '../../server/src/cli/table/command-spec.ts';

export function commandsPage(groups: readonly (readonly CommandSpec[])[]): string;
