/**
 * Random edits of a repository: texts typed, moved and broken, files and folders created, renamed, swapped and removed, documents
 * opened, saved and closed, settings, what git tracks, stored files and links. A step is chosen before it is known what
 * there is to edit, so that a shorter list of steps is a shorter list of the same edits.
 */
import fc from 'fast-check';
import { SETTINGS_FILE } from '../../../server/src/workspace/settings/settings-names.ts';
import type { Workspace } from '../../../server/src/workspace/workspace.ts';
import { spot } from '../mutations.ts';
import { move } from './moves.ts';
import { moveLink, type Repository, remove, rename, track, writeFile } from './repository.ts';

export interface Step {
  /** Edits a repository, tells a workspace, and notes the edited files. Returns a line that says what was done. */
  readonly apply: (repository: Repository, workspace: Workspace, touched: Set<string>) => string;
}

const CONFIGURATIONS: readonly unknown[] = [
  undefined,
  {},
  { rules: { 'store/*': 'off', 'generator/*': 'hint' } },
  { rules: { 'registry/unused-key': 'error' } },
  { exclude: ['modules/**'] },
  { exclude: ['machines/*/own.nix', 'lib'] },
  { enable: false },
  { registryFiles: ['lib/*.nix'], matrixFiles: ['**/env-matrix.nix'] },
  { registryFiles: [] },
];

const SETTINGS_TEXTS = [
  '{}\n',
  '{ "rules": { "store": "off" } }\n',
  '{ "exclude": ["modules"] }\n',
  '{ "rules": { "registry/unknown-key": "info" }, "registryFiles": [] }\n',
  '{ "store": { "backend": "age" } }\n',
  // Broken ones are left out: the last one that could be read stays in effect, which a fresh workspace does not know.
];

const NEW_TEXTS = [
  '{ }\n',
  '{ pkgs, ... }:\n{\n  clan.core.vars.generators.made = {\n    files.key = { };\n    script = "echo > $out/key";\n  };\n}\n',
  '{ config, ... }: { x = config.clan.core.vars.generators.made.files.key.path; }\n',
  '{ clan.core.vars.generators = ',
  '{ imports = [ ./. ]; }\n',
];

const NEW_PATHS = [
  'modules/made.nix',
  'machines/made/configuration.nix',
  'made.nix',
  'flake.nix',
  'lib/default.nix',
];

function pick<T>(list: readonly T[], at: number): T | undefined {
  return list[Math.floor(at * (list.length - 1))];
}

/** The text that an editor shows. */
function textOf({ documents, files }: Repository, path: string): string {
  return documents.get(path) ?? files.get(path) ?? '';
}

/** Writes a text: into the open document, or else to the disk. */
function write(repository: Repository, workspace: Workspace, path: string, text: string): void {
  if (!repository.documents.has(path)) workspace.changedOnDisk(writeFile(repository, path, text));
  else {
    repository.documents.set(path, text);
    workspace.open(path, text);
  }
}

const editText: fc.Arbitrary<Step> = fc
  .record({
    which: spot,
    changes: fc.array(move, { minLength: 1, maxLength: 3 }),
    isOpened: fc.boolean(),
    isNix: fc.constantFrom(true, true, true, false),
  })
  .map(({ which, changes, isOpened, isNix }) => ({
    apply(repository, workspace, touched) {
      const paths = [...repository.files.keys()].filter(
        path => path.endsWith('.nix') || !(isNix || path === SETTINGS_FILE),
      );
      const path = pick(paths, which);
      if (path === undefined) return 'nothing to edit';
      touched.add(path);
      const before = textOf(repository, path);
      const after = changes.reduce((text, change) => change(text), before);
      if (isOpened) repository.documents.set(path, after);
      write(repository, workspace, path, after);
      return `${isOpened ? 'types into' : 'writes'} ${path}: ${difference(before, after)}`;
    },
  }));

/** Says what was replaced by what. */
function difference(before: string, after: string): string {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end))
    end++;
  const [old, fresh] = [before, after].map(text => JSON.stringify(text.slice(start, text.length - end)));
  return `at ${start} ${old} becomes ${fresh}`;
}

/** Undoes: a file is again what it was at first, or what is on disk. */
const restore = (first: ReadonlyMap<string, string>): fc.Arbitrary<Step> =>
  spot.map(which => ({
    apply(repository, workspace) {
      const [path, text] = pick([...first], which) ?? ['', ''];
      if (path === '') return 'nothing to restore';
      write(repository, workspace, path, text);
      return `restores ${path}`;
    },
  }));

const saveOrClose: fc.Arbitrary<Step> = fc.tuple(spot, fc.boolean()).map(([which, isSaved]) => ({
  apply(repository, workspace) {
    const path = pick([...repository.documents.keys()], which);
    if (path === undefined) return 'nothing is open';
    if (isSaved) {
      workspace.changedOnDisk(writeFile(repository, path, repository.documents.get(path) as string));
      return `saves ${path}`;
    }
    repository.documents.delete(path);
    workspace.close(path);
    return `closes ${path}`;
  },
}));

const open: fc.Arbitrary<Step> = spot.map(which => ({
  apply(repository, workspace) {
    const path = pick([...repository.files.keys()], which);
    if (path === undefined) return 'nothing to open';
    const text = textOf(repository, path);
    repository.documents.set(path, text);
    workspace.open(path, text);
    return `opens ${path}`;
  },
}));

const create: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom(...NEW_PATHS), fc.constantFrom(...NEW_TEXTS), fc.boolean())
  .map(([path, text, isOpened]) => ({
    apply(repository, workspace) {
      if (isOpened) repository.documents.set(path, text);
      write(repository, workspace, path, text);
      return `creates ${path}${isOpened ? ' and does not save it' : ''}`;
    },
  }));

const renameFile: fc.Arbitrary<Step> = fc
  .tuple(spot, fc.constantFrom('file', 'folder', 'twin', 'down'))
  .map(([which, how]) => ({
    apply(repository, workspace) {
      const path = pick([...repository.files.keys()], which);
      if (path === undefined) return 'nothing to rename';
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      const [from, to] =
        how === 'folder' && folder !== ''
          ? [folder, `${folder}-renamed`]
          : how === 'down'
            ? [path, `deeper/${path}`]
            : how === 'twin'
              ? [path, path.replace(/(\.\w+)?$/, '😀$1')]
              : [path, path.replace(/([^/]+)$/, 'renamed-$1')];
      workspace.changedOnDisk(rename(repository, from, to));
      return `renames ${from} to ${to}`;
    },
  }));

const swapFiles: fc.Arbitrary<Step> = fc.tuple(spot, spot).map(([one, other]) => ({
  apply(repository, workspace) {
    const paths = [...repository.files.keys()].filter(path => path.endsWith('.nix'));
    const [from, to] = [pick(paths, one), pick(paths, other)];
    if (from === undefined || to === undefined) return 'nothing to swap';
    const [first, second] = [textOf(repository, from), textOf(repository, to)];
    write(repository, workspace, from, second);
    write(repository, workspace, to, first);
    return `swaps ${from} and ${to}`;
  },
}));

const removeFile: fc.Arbitrary<Step> = fc.tuple(spot, fc.boolean()).map(([which, isFolder]) => ({
  apply(repository, workspace) {
    const path = pick([...repository.files.keys(), ...repository.links.keys()], which);
    if (path === undefined) return 'nothing to remove';
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const removed = isFolder && folder !== '' ? folder : path;
    workspace.changedOnDisk(remove(repository, removed));
    return `removes ${removed}`;
  },
}));

const configure: fc.Arbitrary<Step> = fc.constantFrom(...CONFIGURATIONS).map(configuration => ({
  apply(repository, workspace) {
    repository.configuration = configuration;
    workspace.configure(configuration);
    return `configures ${JSON.stringify(configuration)}`;
  },
}));

const settingsFile: fc.Arbitrary<Step> = fc.constantFrom(...SETTINGS_TEXTS).map(text => ({
  apply(repository, workspace) {
    write(repository, workspace, SETTINGS_FILE, text);
    return `writes ${text} to ${SETTINGS_FILE}`;
  },
}));

const trackFiles: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom('all', 'some', 'none', 'no git'), fc.integer({ min: 2, max: 5 }))
  .map(([which, every]) => ({
    apply(repository, workspace) {
      const paths = [...repository.files.keys()];
      const tracked = paths.filter(
        (_, index) => which === 'all' || (which === 'some' && index % every !== 0),
      );
      workspace.changedOnDisk(track(repository, which === 'no git' ? null : new Set(tracked)));
      return `tracks ${which}: ${tracked.length} of ${paths.length} files`;
    },
  }));

/** Puts files into the store and takes them out, as `generate` and `clan` do. */
const store: fc.Arbitrary<Step> = fc
  .tuple(spot, spot, fc.constantFrom('secret', 'value', 'users', 'folder'), fc.boolean())
  .map(([machine, generator, kind, isShared]) => ({
    apply(repository, workspace) {
      const { machines, generators } = workspace.fleet();
      const name = pick(generators, generator);
      const file = name?.body().files[0]?.name ?? 'key';
      const owner = isShared ? 'shared' : `per-machine/${pick(machines, machine)?.name ?? 'nobody'}`;
      const folder = `vars/${owner}/${(name?.name ?? 'made').replaceAll(/[^\w-]/g, '_')}/${file.replaceAll(/[^\w-]/g, '_')}`;
      const wasThere = [...repository.files.keys()].some(path => path.startsWith(`${folder}/`));
      if (kind === 'folder' && wasThere) workspace.changedOnDisk(remove(repository, folder));
      else if (kind === 'value')
        workspace.changedOnDisk(writeFile(repository, `${folder}/value`, 'a value\n'));
      else if (kind === 'users')
        workspace.changedOnDisk(
          writeFile(repository, `${folder}/users/ada`, '../../../../../sops/users/ada'),
        );
      else
        workspace.changedOnDisk(
          writeFile(repository, `${folder}/secret`, '{ "data": "ENC[]", "sops": {} }\n'),
        );
      return `stores ${kind} in ${folder}`;
    },
  }));

const link: fc.Arbitrary<Step> = fc
  .tuple(spot, fc.constantFrom('.', '..', 'secret', '../../shared', '../../../sops/machines/ada', 'absent'))
  .map(([which, target]) => ({
    apply(repository, workspace) {
      const path = pick([...repository.links.keys()], which) ?? 'linked';
      workspace.changedOnDisk(moveLink(repository, path, target));
      return `links ${path} to ${target}`;
    },
  }));

const rescan: fc.Arbitrary<Step> = fc.constant({
  apply(_, workspace) {
    workspace.rescan();
    return 'rescans';
  },
});

/** A step in a repository with these files at first. */
export function stepIn(files: Readonly<Record<string, string>>): fc.Arbitrary<Step> {
  return fc.oneof(
    { weight: 20, arbitrary: editText },
    { weight: 4, arbitrary: restore(new Map(Object.entries(files))) },
    { weight: 2, arbitrary: saveOrClose },
    { weight: 1, arbitrary: open },
    { weight: 2, arbitrary: create },
    { weight: 2, arbitrary: renameFile },
    { weight: 1, arbitrary: swapFiles },
    { weight: 2, arbitrary: removeFile },
    { weight: 2, arbitrary: configure },
    { weight: 1, arbitrary: settingsFile },
    { weight: 2, arbitrary: trackFiles },
    { weight: 2, arbitrary: store },
    { weight: 1, arbitrary: link },
    { weight: 1, arbitrary: rescan },
  );
}
