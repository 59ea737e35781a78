/** The items of the fleet explorer: what is below what, and how each looks. */
import { ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { FleetFile, FleetGenerator, FleetKey, FleetMachine, FleetRoot, Where } from './protocol.ts';

export type FleetNode =
  | { readonly kind: 'root'; readonly root: FleetRoot; readonly below: readonly FleetNode[] }
  | { readonly kind: 'machine'; readonly root: string; readonly machine: FleetMachine }
  | { readonly kind: 'unassigned'; readonly root: string; readonly count: number }
  | {
      readonly kind: 'generator';
      readonly root: string;
      /** Null for those of no machine that is known. */
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
  | { readonly kind: 'key'; readonly key: FleetKey }
  | { readonly kind: 'selected'; readonly machine: string };

/** Machines; below their folders where there are several. */
export function machineNodes(roots: readonly FleetRoot[]): FleetNode[] {
  return foldersOf(roots, root => [
    ...root.machines.map((machine): FleetNode => ({ kind: 'machine', root: root.uri, machine })),
    ...(root.unassigned > 0 ? [{ kind: 'unassigned', root: root.uri, count: root.unassigned } as const] : []),
  ]);
}

export function keyNodes(roots: readonly FleetRoot[]): FleetNode[] {
  return foldersOf(roots, root => root.keys.map(key => ({ kind: 'key', key })));
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

/** What is below an item that is known without asking. */
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
    case 'key':
      return node.key.machines.map(machine => ({ kind: 'selected', machine }));
    default:
      return [];
  }
}

export const openCommand = 'varsmith.open';

export function itemOf(node: FleetNode): TreeItem {
  switch (node.kind) {
    case 'root':
      return look(node.root.name, 'root-folder', '', TreeItemCollapsibleState.Expanded);
    case 'machine':
      return machineItem(node.machine);
    case 'unassigned': {
      const item = look('Not tied to a machine', 'question', countOf(node.count, 'generator'), COLLAPSED);
      item.tooltip = 'Generators of modules of which Varsmith cannot tell who imports them.';
      return item;
    }
    case 'generator':
      return generatorItem(node.generator, node.machine);
    case 'file':
      return fileItem(node.file, node.machine);
    case 'prompt':
      return look(node.name, 'comment', 'prompt', NONE);
    case 'dependency':
      return look(node.name, 'arrow-left', 'dependency', NONE);
    case 'key': {
      const { key, variable, generator, machines, where } = node.key;
      const item = look(
        key,
        'key',
        [variable, countOf(machines.length, 'machine')].filter(Boolean).join(' · '),
        COLLAPSED,
      );
      if (generator !== null) item.tooltip = `Generator ${generator}`;
      return opening(item, where);
    }
    case 'selected':
      return look(node.machine, 'vm', '', NONE);
  }
}

const NONE = TreeItemCollapsibleState.None;
const COLLAPSED = TreeItemCollapsibleState.Collapsed;

function machineItem({
  name,
  class: kind,
  system,
  tags,
  generators,
  missing,
  where,
}: FleetMachine): TreeItem {
  const counts = [countOf(generators, 'generator'), missing ? `${missing} not generated` : ''];
  const item = look(name, 'vm', counts.filter(Boolean).join(' · '), COLLAPSED);
  if (missing) item.iconPath = new ThemeIcon('vm', new ThemeColor('list.warningForeground'));
  item.tooltip = [[kind, system].filter(Boolean).join(' '), tags.length > 0 ? `Tags: ${tags.join(', ')}` : '']
    .filter(Boolean)
    .join('\n');
  item.contextValue = where ? 'machine.declared' : 'machine';
  return opening(item, where, false);
}

const STATES: Readonly<
  Record<FleetGenerator['state'], readonly [icon: string, color: string | null, text: string]>
> = {
  present: ['pass', 'testing.iconPassed', 'generated'],
  partial: ['warning', 'list.warningForeground', 'partly generated'],
  outdated: ['history', 'list.warningForeground', 'made from other inputs than are declared now'],
  missing: ['circle-large-outline', 'list.warningForeground', 'not generated'],
  unknown: ['symbol-class', null, ''],
};

function generatorItem(
  { name, share, state, files, where }: FleetGenerator,
  machine: string | null,
): TreeItem {
  const [icon, color, text] = STATES[state];
  const words = [share === true ? 'shared' : '', countOf(files.length, 'file')].filter(Boolean);
  const item = look(name, icon, words.join(' · '), COLLAPSED);
  if (color !== null) item.iconPath = new ThemeIcon(icon, new ThemeColor(color));
  item.tooltip = text;
  item.contextValue = machine === null ? 'generator' : 'generator.machine';
  return opening(item, where);
}

function fileItem({ name, secret, stored, where }: FleetFile, machine: string | null): TreeItem {
  const kind = secret === false ? 'public' : secret === true ? 'secret' : '';
  const item = look(
    name,
    secret === false ? 'file' : 'lock',
    [kind, stored === false ? 'not generated' : ''].filter(Boolean).join(' · '),
    NONE,
  );
  if (machine !== null) item.contextValue = secret === false ? 'file.public' : 'file.secret';
  return opening(item, where);
}

function look(label: string, icon: string, description: string, state: TreeItemCollapsibleState): TreeItem {
  const item = new TreeItem(label, state);
  item.iconPath = new ThemeIcon(icon);
  item.description = description;
  return item;
}

/** @param byClick false where a click should open the item's own list */
function opening(item: TreeItem, where: Where | null, byClick = true): TreeItem {
  if (where && byClick) item.command = { command: openCommand, title: 'Open', arguments: [where] };
  return item;
}

function countOf(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
