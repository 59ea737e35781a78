/** Checks whether git keeps stored values unchanged, as by default it converts line endings and merges line by line. */
import { counted } from '../checks/facts/wording.ts';
import { openRepository } from '../host/git/repository.ts';
import { HostFailure } from '../host/host-failure.ts';
import type { StoreContents } from '../store/vars/read.ts';
import type { DoctorEnvironment, Examined } from './examined.ts';
import { type Entry, entry } from './report.ts';

/** Returns no entry if nothing is stored, or git does not track it. */
export async function attributeEntries(
  { root }: Examined,
  { vars }: StoreContents,
  { env, trusted }: DoctorEnvironment,
): Promise<Entry[]> {
  // This check runs git.
  if (!trusted || vars.length === 0) return [];
  const paths = [...new Set(vars.map(({ path }) => path))].sort();
  try {
    const repository = await openRepository(root, env);
    if (repository === null) return [];
    const [text, merge] = [
      await repository.attribute('text', paths),
      await repository.attribute('merge', paths),
    ];
    const changed = paths.filter(path => !KEPT.has(text.get(path) ?? ''));
    const open = paths.filter(path => text.get(path) !== 'unset' || merge.get(path) !== 'unset');
    if (open.length === 0) return [entry('git attributes', 'found', 'stored values are left as they are')];
    const folders = [...new Set(open.map(folderOf))].sort();
    const advice = `Put into .gitattributes: ${folders.map(folder => `\`${folder}/** -text -merge\``).join(', ')}.`;
    if (changed.length > 0)
      return [
        entry(
          'git attributes',
          'problem',
          `git may change the line endings of ${counted(changed.length, 'stored file')}`,
          { details: changed.slice(0, MAX_PATHS), advice },
        ),
      ];
    return [
      entry('git attributes', 'absent', 'nothing keeps git from changing or merging stored values', {
        details: [
          'Line endings are changed where core.autocrlf says so, and values are merged line by line.',
        ],
        advice,
      }),
    ];
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    // The entry about the repository says so.
    if (error.kind === 'no-git') return [];
    return [entry('git attributes', 'unknown', error.message)];
  }
}

const MAX_PATHS = 8;

/** Values of the attribute `text` with which git does not convert line endings. */
const KEPT: ReadonlySet<string> = new Set(['unset', 'unspecified']);

/** Returns `vars` for `vars/shared/ca/key/secret`, with the clan's directory as a prefix. */
function folderOf(path: string): string {
  return /^(?:.*?\/)?(?:vars|secrets)(?=\/)/.exec(path)?.[0] ?? 'vars';
}
