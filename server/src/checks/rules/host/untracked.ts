/** host/untracked: git does not track a file that the flake reads. */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import { flakeOf } from '../../../fleet/secrets/secrets-files.ts';
import { folderOf, joinPath } from '../../../nix/eval/paths.ts';
import { childrenOf } from '../../../nix/expressions.ts';
import type { Place } from '../../../nix/places.ts';
import type { Expr } from '../../../nix/syntax.ts';
import { addToList, compareTexts } from '../../../std.ts';
import { below, STORE_FOLDERS } from '../../../store/vars/files.ts';
import { isElsewhere } from '../../facts/git-facts.ts';
import { isIgnored } from '../../facts/host/missing-on-purpose.ts';
import { secretsOf } from '../../facts/sops/joined-secrets.ts';
import { namedSources } from '../../facts/sops/named-sources.ts';
import { wholeFile } from '../../facts/store/stored-index.ts';
import { inBrackets } from '../../facts/wording.ts';
import type { CheckContext, CheckFiles, Report, Rule, TrackedFiles } from '../../rule.ts';

export const untrackedSource: Rule = {
  id: 'host/untracked',
  severity: 'warning',
  summary: 'A file that the flake reads and git does not track',
  documentation: `\
A module is imported, or a file is read by its path, but git does not track the file. A flake in a git repository
consists only of the files in git's index: for Nix the path does not exist, although everybody sees the file.

\`git add\` is enough; the file does not have to be committed. VS Code offers it as a quick fix.

Reported where the path is written, once per file. A module that no path leads to, such as the configuration in a
machine's folder, is reported as a file. Not reported outside of git, for files that \`.gitignore\` excludes, that are in
submodules or flakes of their own, or in a file that tests for existence (\`builtins.pathExists\`). Stored vars are
covered by store/untracked, encrypted files by sops/missing-file.

Source: the Nix manual on flake references of type \`git\`.`,
  examples: ({ FLAKE_OF_WEB }) => {
    const files = {
      'flake.nix': FLAKE_OF_WEB,
      'hosts/web.nix': `\
{ imports = [ ../modules/mail.nix ]; }
`,
      'modules/mail.nix': '{ }\n',
    };
    return {
      bad: [
        {
          title: 'A module that was written and not added',
          files: {
            ...files,
            'hosts/web.nix': `\
{ imports = [ ../modules/mail.nix ]; }
#             ^^^^^^^^^^^^^^^^^^^ host/untracked: Git does not track modules/mail.nix
`,
          },
          tracked: ['flake.nix', 'hosts', 'hosts/web.nix'],
        },
      ],
      good: [
        {
          title: 'Everything is added',
          files,
          tracked: ['flake.nix', 'hosts', 'hosts/web.nix', 'modules', 'modules/mail.nix'],
        },
      ],
    };
  },
  check(context: CheckContext) {
    const { fleet, sources } = context;
    const tracked = sources.tracked?.() ?? null;
    if (tracked === null || sources.kind('flake.nix') !== 'file') return [];
    if (!tracked.has('flake.nix')) return [wholeFlake(sources)].filter(report => report !== null);
    const untracked = untrackedFiles(fleet, sources, tracked);
    if (untracked.size === 0) return [];
    const places = placesOf(context, untracked);
    const machines = machinesOf(fleet, untracked);
    return [...untracked].sort(compareTexts).flatMap(path => {
      const isModule = fleet.reached.get(path) === 'certain';
      const at = places.has(path) ? places.get(path) : isModule ? wholeFile(path) : null;
      return at == null ? [] : [reportOf(path, at, machines.get(path) ?? [])];
    });
  },
};

/** Returns the one report about a flake that git does not know, of which nothing else needs to be said. */
function wholeFlake(sources: CheckFiles): Report | null {
  if (isIgnored(sources, 'flake.nix')) return null;
  return {
    at: wholeFile('flake.nix'),
    message: 'Git does not track flake.nix, so Nix finds no flake here, nor the files that it reads.',
    cure: { command: 'track', paths: ['flake.nix'] },
  };
}

/** Returns the machines that read each of the files, sorted. */
function machinesOf({ modules }: Fleet, paths: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const machines = new Map<string, string[]>();
  for (const name of [...modules.keys()].sort(compareTexts))
    for (const path of modules.get(name)?.files ?? []) if (paths.has(path)) addToList(machines, path, name);
  return machines;
}

function reportOf(path: string, at: Place, machines: readonly string[]): Report {
  const effect =
    at.file === path
      ? 'the flake does not see it'
      : 'the flake does not see it, and for Nix this path does not exist';
  return {
    at,
    machines,
    message: `Git does not track ${path}, so ${effect}${inBrackets(machines)}.`,
    cure: { command: 'track', paths: [path] },
  };
}

/**
 * Returns the files that git does not track: those that Nix reaches, and others beside them, which a path may lead to.
 */
function untrackedFiles(
  { reached, directory }: Fleet,
  sources: CheckFiles,
  tracked: TrackedFiles,
): Set<string> {
  const stores = STORE_FOLDERS.map(name => `${below(directory ?? '', name)}/`);
  const untracked = new Set<string>();
  const folders = new Set<string>();
  const note = (path: string) => {
    if (tracked.has(path) || stores.some(folder => path.startsWith(folder))) return;
    if (flakeOf(sources, path) !== '' || isElsewhere(path, sources, tracked) || isIgnored(sources, path))
      return;
    untracked.add(path);
  };
  for (const [path, reach] of reached) {
    if (reach === 'unknown') continue;
    folders.add(folderOf(path));
    note(path);
  }
  for (const folder of folders)
    for (const { name, kind } of sources.list(folder) ?? [])
      if (kind === 'file' && !name.endsWith('.nix')) note(folder === '' ? name : `${folder}/${name}`);
  return untracked;
}

/** Returns the first place that leads to each of the files; null for those whose existence is tested there. */
function placesOf(context: CheckContext, untracked: ReadonlySet<string>): ReadonlyMap<string, Place | null> {
  const { fleet, sources } = context;
  const names = new Map<string, string[]>();
  for (const path of untracked) addToList(names, wordOf(path), path);
  const ofSecrets = new Set([...namedSources(secretsOf(context))].map(({ source }) => source.path));
  const places = new Map<string, Place | null>();
  for (const [file, reach] of fleet.reached) {
    const text = reach === 'unknown' ? null : sources.text(file);
    if (text === null || ![...names.keys()].some(name => text.includes(name))) continue;
    const mayBeAbsent = /\bpathExists\b/.test(text);
    const source = sources.parse(file);
    const open: Expr[] = source === null ? [] : [source.root];
    for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
      open.push(...childrenOf(expr));
      if (expr.kind !== 'path') continue;
      const target = joinPath(folderOf(file), text.slice(expr.start, expr.end));
      const path = [target, target === null ? null : joinPath(target, 'default.nix')].find(
        candidate => candidate !== null && untracked.has(candidate),
      );
      if (path == null || ofSecrets.has(path) || places.get(path) != null) continue;
      places.set(path, mayBeAbsent ? null : { file, start: expr.start, end: expr.end });
    }
  }
  return places;
}

/** Returns the word that a path to the file contains: its name, or its folder's, which stands for a `default.nix`. */
function wordOf(path: string): string {
  const folder = folderOf(path);
  const shown = path.endsWith('/default.nix') ? folder : path;
  return shown.slice(shown.lastIndexOf('/') + 1);
}
