/** The items of the fleet explorer: their parents and children, and their appearance. */

import { l10n, type TreeItem, TreeItemCollapsibleState } from 'vscode';
import { fileCount, generatorCount, machineCount } from '../counts.ts';
import type {
  FleetFile,
  FleetGenerator,
  FleetKey,
  FleetMachine,
  FleetRoot,
  KeyDetail,
} from '../protocol/fleet.ts';
import type { Where } from '../protocol/places.ts';
import {
  COLLAPSED,
  look,
  NONE,
  named,
  opening,
  stateIcon,
  warningIcon,
  withSpokenLabel,
} from './tree-look.ts';

export type FleetNode =
  | { readonly kind: 'root'; readonly root: FleetRoot; readonly below: readonly FleetNode[] }
  | { readonly kind: 'machine'; readonly root: string; readonly machine: FleetMachine }
  | { readonly kind: 'unassigned'; readonly root: string; readonly count: number }
  | {
      readonly kind: 'generator';
      readonly root: string;
      /** `null` for generators that belong to no known machine. */
      readonly machine: string | null;
      readonly generator: FleetGenerator;
    }
  | {
      readonly kind: 'file';
      readonly root: string;
      readonly machine: string | null;
      readonly generator: string;
      readonly file: FleetFile;
    }
  | { readonly kind: 'prompt'; readonly name: string }
  | { readonly kind: 'dependency'; readonly name: string }
  | { readonly kind: 'key'; readonly root: string; readonly key: FleetKey }
  | { readonly kind: 'selected'; readonly machine: KeyDetail['machines'][number] }
  | { readonly kind: 'use'; readonly use: KeyDetail['uses'][number] };

/** Returns machines, below their folders if there are several. */
export function machineNodes(roots: readonly FleetRoot[]): FleetNode[] {
  return foldersOf(roots, machinesOf);
}

function machinesOf(root: FleetRoot): FleetNode[] {
  return [
    ...root.machines.map((machine): FleetNode => ({ kind: 'machine', root: root.uri, machine })),
    ...(root.unassigned > 0 ? [{ kind: 'unassigned', root: root.uri, count: root.unassigned } as const] : []),
  ];
}

export function keyNodes(roots: readonly FleetRoot[]): FleetNode[] {
  return foldersOf(roots, keysOf);
}

function keysOf(root: FleetRoot): FleetNode[] {
  return root.keys.map(key => ({ kind: 'key', root: root.uri, key }));
}

function foldersOf(
  roots: readonly FleetRoot[],
  nodesOf: (root: FleetRoot) => readonly FleetNode[],
): FleetNode[] {
  const filled = roots
    .map(root => ({ kind: 'root' as const, root, below: nodesOf(root) }))
    .filter(({ below }) => below.length > 0);
  const [only] = filled;
  return filled.length === 1 && only ? [...only.below] : filled;
}

/** Returns the items below an item that need no request to the server. */
export function partsOf(node: FleetNode): FleetNode[] {
  switch (node.kind) {
    case 'root':
      return [...node.below];
    case 'generator': {
      const { root, machine, generator } = node;
      const { name: owner, files, prompts, dependencies } = generator;
      return [
        ...files.map(file => ({ kind: 'file', root, machine, generator: owner, file }) as const),
        ...prompts.map(name => ({ kind: 'prompt', name }) as const),
        ...dependencies.map(name => ({ kind: 'dependency', name }) as const),
      ];
    }
    default:
      return [];
  }
}

/** Returns the items for the machines and uses of a key. */
export function keyParts({ machines, uses }: KeyDetail): FleetNode[] {
  return [
    ...machines.map((machine): FleetNode => ({ kind: 'selected', machine })),
    ...uses.map((use): FleetNode => ({ kind: 'use', use })),
  ];
}

/** Returns the parent of an item that can be revealed, or `undefined` at the top. */
export function parentOf(node: FleetNode, roots: readonly FleetRoot[]): FleetNode | undefined {
  switch (node.kind) {
    case 'machine':
    case 'unassigned':
      return folderOf(node.root, machineNodes(roots));
    case 'key':
      return folderOf(node.root, keyNodes(roots));
    case 'generator': {
      const root = roots.find(({ uri }) => uri === node.root);
      if (root === undefined) return undefined;
      return machinesOf(root).find(machine =>
        machine.kind === 'machine' ? machine.machine.name === node.machine : node.machine === null,
      );
    }
    default:
      return undefined;
  }
}

function folderOf(root: string, top: readonly FleetNode[]): FleetNode | undefined {
  return top.find(node => node.kind === 'root' && node.root.uri === root);
}

/** Returns the declaration of an item, or `null` if it has none or it is unknown. */
export function whereOf(node: FleetNode): Where | null {
  switch (node.kind) {
    case 'machine':
      return node.machine.where;
    case 'generator':
      return node.generator.where;
    case 'file':
      return node.file.where;
    case 'key':
      return node.key.where;
    case 'selected':
      return node.machine.where;
    case 'use':
      return node.use.where;
    default:
      return null;
  }
}

export function itemOf(node: FleetNode): TreeItem {
  const item = shapeOf(node);
  return withSpokenLabel(
    item,
    String(item.label),
    kindOf(node),
    String(item.description ?? ''),
    stateWords(node),
  );
}

function kindOf({ kind }: FleetNode): string {
  switch (kind) {
    case 'root':
      return l10n.t('fleet');
    case 'machine':
    case 'selected':
      return l10n.t('machine');
    case 'generator':
      return l10n.t('generator');
    case 'file':
      return l10n.t('file');
    case 'key':
      return l10n.t('registry key');
    // Their descriptions are sufficient.
    case 'unassigned':
    case 'prompt':
    case 'dependency':
    case 'use':
      return '';
  }
}

/** Returns the state in words, which is otherwise only visible as an icon. */
function stateWords(node: FleetNode): string {
  switch (node.kind) {
    case 'generator':
      return isDescribed(node.generator) ? '' : node.generator.stateText;
    case 'file':
      return node.file.stored === true && !node.file.unreadable ? node.file.stateText : '';
    default:
      return '';
  }
}

function shapeOf(node: FleetNode): TreeItem {
  switch (node.kind) {
    case 'root':
      return named(look(node.root.name, 'root-folder', '', TreeItemCollapsibleState.Expanded), node.root.uri);
    case 'machine':
      return named(machineItem(node.machine), node.root, 'machine', node.machine.name);
    case 'unassigned': {
      const item = look(l10n.t('Not tied to a machine'), 'question', generatorCount(node.count), COLLAPSED);
      item.tooltip = l10n.t('Generators in modules whose importing machines Varsmith cannot determine.');
      return named(item, node.root, 'unassigned');
    }
    case 'generator':
      return named(
        generatorItem(node.generator, node.machine),
        node.root,
        ...['generator', node.machine ?? '', node.generator.name],
      );
    case 'file':
      return fileItem(node.file, node.machine);
    case 'prompt':
      return look(node.name, 'comment', l10n.t('prompt'), NONE);
    case 'dependency':
      return look(node.name, 'arrow-left', l10n.t('dependency'), NONE);
    case 'key':
      return named(keyItem(node.key), node.root, 'key', node.key.registry, node.key.key);
    case 'selected': {
      const { name, state } = node.machine;
      const isKnown = state !== 'unknown';
      const item = look(name, 'vm', node.machine.stateText, NONE);
      if (isKnown) item.iconPath = stateIcon(state);
      return opening(item, node.machine.where);
    }
    case 'use': {
      const { file, where } = node.use;
      const item = look(`${file}:${where.range.start.line + 1}`, 'references', l10n.t('use'), NONE);
      return opening(item, where);
    }
  }
}

function machineItem({
  name,
  class: kind,
  system,
  tags,
  generators,
  complete,
  lacking,
  summary,
  nix,
  where,
}: FleetMachine): TreeItem {
  const none = complete ? generatorCount(0) : l10n.t('generators not known');
  // The state comes first and is short, since a narrow view cuts off the end; the tooltip has all of it.
  const state = lacking > 0 ? l10n.t('{0} of {1} to generate', lacking, generators) : summary;
  const words = [generators === 0 ? none : state, nix?.text];
  const item = look(name, 'vm', words.filter(Boolean).join(' · '), COLLAPSED);
  if (lacking > 0) item.iconPath = warningIcon('vm');
  const lines = [
    [kind, system].filter(Boolean).join(' '),
    summary,
    tags.length > 0 ? l10n.t('Tags: {0}', tags.join(', ')) : '',
    complete ? '' : incompleteText(generators),
    nix?.sentence,
  ];
  item.tooltip = lines.filter(Boolean).join('\n');
  item.contextValue = where ? 'machine.declared' : 'machine';
  return opening(item, where, false);
}

function incompleteText(generators: number): string {
  return generators === 0
    ? l10n.t('Whether it has generators can only be determined with Nix.')
    : l10n.t('Whether it has more generators can only be determined with Nix.');
}

/**
 * Returns whether the description contains the state of a generator. Pending work comes first, since a narrow view
 * cuts off the end.
 */
function isDescribed({ state }: Pick<FleetGenerator, 'state'>): boolean {
  return state !== 'present' && state !== 'unknown';
}

function outdatedWords({ reason, older }: NonNullable<FleetGenerator['outdated']>, sentence: string): string {
  switch (reason) {
    case 'inputs':
      return sentence;
    case 'superseded':
      return l10n.t('based on older values of {0}', older.join(', '));
    case 'interrupted':
      return l10n.t('left behind by an interrupted run');
  }
}

function generatorItem(
  { name, share, state, stateText, stateSentence, outdated, files, nix, where }: FleetGenerator,
  machine: string | null,
): TreeItem {
  const words = [
    isDescribed({ state }) ? stateText : '',
    nix?.text,
    share === true ? l10n.t('shared') : '',
    fileCount(files.length),
  ];
  const item = look(name, 'circle', words.filter(Boolean).join(' · '), COLLAPSED);
  item.iconPath = stateIcon(state);
  const stateLine = outdated === null ? stateSentence : outdatedWords(outdated, stateSentence);
  item.tooltip = [stateLine, nix?.sentence].filter(Boolean).join('\n');
  item.contextValue = machine === null ? 'generator' : 'generator.machine';
  return opening(item, where);
}

function fileItem(
  { name, secret, stored, unreadable, stateText, value, nix, where }: FleetFile,
  machine: string | null,
): TreeItem {
  const kind = secret === false ? l10n.t('public') : secret === true ? l10n.t('secret') : '';
  const item = look(
    name,
    secret === false ? 'file' : 'lock',
    [stored === false || unreadable ? stateText : '', kind, nix?.text].filter(Boolean).join(' · '),
    NONE,
  );
  if (nix !== null) item.tooltip = nix.sentence;
  if (machine !== null)
    item.contextValue = secret === false ? `file.public${value === null ? '' : '.stored'}` : 'file.secret';
  return opening(item, where);
}

function keyItem({ key, variable, generator, machines, where }: FleetKey): TreeItem {
  const words = [machineCount(machines.length), variable].filter(Boolean);
  const item = look(key, 'key', words.join(' · '), COLLAPSED);
  if (generator !== null) item.tooltip = l10n.t('Generator {0}', generator);
  item.contextValue = 'key';
  return opening(item, where, false);
}
