/** What the commands of generation share: their options and the fleet they are about. */
import { type Situation, situationOf } from '../generate/situation.ts';
import type { WorkspaceFiles } from '../workspace/files.ts';
import { type Io, printable } from './io.ts';
import { openConfigured } from './load.ts';

/** Options that most of them take. */
export const COMMON = { machine: 'value', generator: 'value', json: 'flag' } as const;

export const SHORTS = { m: 'machine', g: 'generator' } as const;

export interface OpenFleet {
  /** Absolute path. */
  readonly root: string;
  readonly files: WorkspaceFiles;
  /** The fleet with what is stored at this moment. */
  situation(): Situation;
}

/** @throws UsageError; StoreFailure `unsupported` from `situation` */
export async function openFleet(given: string | undefined, io: Io): Promise<OpenFleet> {
  const workspace = await openConfigured(given, io);
  return {
    root: workspace.root,
    files: workspace.files,
    situation: () => situationOf(workspace.fleet(), workspace.files),
  };
}

/** Lines on standard error, each a sentence. */
export function say(io: Io, ...lines: readonly string[]): void {
  for (const line of lines) io.stderr.write(`varsmith: ${printable(line)}\n`);
}
