/** What scripts that are run after and beside each other have together: folders of commands, and who starts them. */
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { layCommands } from './laying.ts';
import { makeRunners, type Runners } from './runner.ts';
import { makeScratch } from './scratch.ts';

export interface Workshop {
  /** Absolute path of a folder with exactly these commands: most scripts have the same hundred. */
  bin(commands: ReadonlyMap<string, string>): string;
  readonly runners: Runners;
  /** When nothing runs any more. */
  close(): Promise<void>;
}

/** @param bash absolute path */
export async function openWorkshop(bash: string): Promise<Workshop> {
  const scratch = await makeScratch();
  const root = realpathSync(scratch.path);
  const made = new Map<string, string>();
  const runners = makeRunners(bash, root);
  return {
    runners,
    bin(commands) {
      const id = JSON.stringify([...commands].sort());
      const known = made.get(id);
      if (known !== undefined) return known;
      const folder = join(root, `bin-${made.size}`);
      mkdirSync(folder, { mode: 0o700 });
      layCommands(folder, commands);
      made.set(id, folder);
      return folder;
    },
    async close() {
      await runners.close();
      await scratch.wipe();
    },
  };
}
