/** store/untracked: git does not track a stored file, so flakes do not see it. */
import { folderOf } from '../../../nix/eval/paths.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
import { isElsewhere } from '../../facts/git-facts.ts';
import { wholeFile } from '../../facts/store/stored-index.ts';
import { perObject } from '../../memory/kept.ts';
import type { CheckContext, CheckFiles, Report, Rule, TrackedFiles } from '../../rule.ts';

const FOLDER = 'vars/per-machine/lea/mail/password';

export const untracked: Rule = {
  id: 'store/untracked',
  severity: 'warning',
  summary: 'A stored file that git does not track, so flakes do not see it',
  documentation: `\
A generated file or a public key is in the repository, but git does not track it. A flake in a git repository consists
only of the files in git's index: for Nix this file does not exist. A public value "does not exist", a secret has the
path \`/no-such-path\`, and a machine's new key is not used, but no message mentions git.

\`git add\` is enough; the file does not have to be committed. Clan's command line adds the files that it writes, unless
\`CLAN_NO_COMMIT\` or a rule in \`.gitignore\` prevents it.

Reported once per generator and machine. Not reported outside of git, or for folders that are submodules or links.

Source: clan-core d7c35d912, clan_lib/git.py; the Nix manual on flake references of type \`git\`.`,
  examples: ({ clanWith, EXAMPLE_SECRET, KEYS, linksOf, MAIL }) => {
    const FILES = { ...clanWith(MAIL), ...KEYS, [`${FOLDER}/secret`]: EXAMPLE_SECRET };
    const LINKS = linksOf(FOLDER);
    return {
      bad: [
        {
          title: 'Generated, but not added',
          files: FILES,
          links: LINKS,
          tracked: [...Object.keys(FILES), ...Object.keys(LINKS)].filter(
            path => !path.startsWith(`${FOLDER}/`),
          ),
          found: [`${FOLDER}/secret`],
        },
      ],
      good: [
        {
          title: 'Everything is added',
          files: FILES,
          links: LINKS,
          tracked: [...Object.keys(FILES), ...Object.keys(LINKS)],
        },
      ],
    };
  },
  check({ sources, stored }: CheckContext) {
    const tracked = sources.tracked?.() ?? null;
    if (tracked === null || sources.kind('flake.nix') !== 'file') return [];
    const contents = stored();
    return reportsFor(contents).of(sources, tracked);
  },
};

/** Caches reports per state of the stores, since git's index changes only when files are added. */
const reportsFor = perObject((contents: StoreContents) => {
  let last: { readonly tracked: TrackedFiles; readonly reports: readonly Report[] } | null = null;
  return {
    of(sources: CheckFiles, tracked: TrackedFiles): readonly Report[] {
      if (last?.tracked !== tracked) last = { tracked, reports: find(contents, sources, tracked) };
      return last.reports;
    },
  };
});

function find(contents: StoreContents, sources: CheckFiles, tracked: TrackedFiles): readonly Report[] {
  const groups = new Map<string, { readonly what: string; readonly owner: string | null; paths: string[] }>();
  const note = (path: string, what: string, owner: string | null) => {
    if (tracked.has(path) || isElsewhere(path, sources, tracked)) return;
    const key = `${what}\0${owner ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { what, owner, paths: [path] });
    else group.paths.push(path);
  };
  for (const { path, generator, placement, owner, current } of contents.vars)
    if (current) note(path, `"${generator}"`, placement === 'per-machine' ? owner : null);
  for (const { path, generator, placement, owner, current } of contents.validations)
    if (current) note(path, `"${generator}"`, placement === 'per-machine' ? owner : null);
  for (const { name, path } of contents.sops.users)
    if (sources.kind(`${path}/key.json`) === 'file') note(`${path}/key.json`, `the user "${name}"`, null);
  for (const { name, path } of contents.sops.machines)
    if (sources.kind(`${path}/key.json`) === 'file') note(`${path}/key.json`, `the machine "${name}"`, null);
  for (const { name, path } of contents.sops.secrets) note(path, `the secret "${name}"`, null);
  return [...groups.values()].map(({ what, owner, paths }) => {
    const [first = ''] = paths;
    const more = paths.length === 1 ? '' : ` and ${paths.length - 1} more of its files`;
    const whose = owner === null ? what : `${what} (machine ${owner})`;
    return {
      at: wholeFile(first),
      machines: owner === null ? [] : [owner],
      message: `Git does not track this file of ${whose}${more}, so the flake does not see ${paths.length === 1 ? 'it' : 'them'}.`,
      cure: { command: 'track', paths: [folderOf(first)] },
    };
  });
}
