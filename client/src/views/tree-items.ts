/** The appearance of the fleet explorer's items. */

import { l10n, type TreeItem, TreeItemCollapsibleState } from 'vscode';
import { fileCount, generatorCount, machineCount } from '../counts.ts';
import type { FleetFile, FleetGenerator, FleetKey, FleetMachine } from '../protocol/fleet.ts';
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
import type { FleetNode } from './tree-nodes.ts';

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
    case 'tag':
      return l10n.t('tag');
    case 'machine':
    case 'selected':
      return l10n.t('machine');
    case 'generator':
      return l10n.t('generator');
    case 'file':
    case 'module':
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
    case 'tag':
      return named(tagItem(node.tag, node.machines), node.root, 'tag', node.tag ?? '');
    case 'machine':
      return named(machineItem(node.machine), node.root, 'machine', node.machine.name, node.tag ?? '');
    case 'module':
      return named(
        look(
          node.file,
          'file-code',
          generatorCount(node.generators.length),
          TreeItemCollapsibleState.Expanded,
        ),
        ...[node.root, 'module', node.file],
      );
    case 'unassigned': {
      const item = look(l10n.t('Not tied to a machine'), 'question', generatorCount(node.count), COLLAPSED);
      item.tooltip = node.askable
        ? l10n.t('Generators whose machines are not known. Ask Nix may find them.')
        : l10n.t('Generators whose machines are not known.');
      item.contextValue = node.askable ? 'unassigned.askable' : 'unassigned';
      return named(item, node.root, 'unassigned');
    }
    case 'generator':
      return named(
        generatorItem(node.generator, node.machine),
        node.root,
        ...['generator', node.machine ?? '', node.generator.name, node.tag ?? ''],
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
  state,
  summary,
  progress,
  nix,
  where,
}: FleetMachine): TreeItem {
  const none = complete ? generatorCount(0) : l10n.t('generators not known');
  // The state comes first and is short, since a narrow view cuts off the end; the tooltip has all of it.
  const words = [generators === 0 ? none : progress, nix?.text];
  const item = look(name, 'vm', words.filter(Boolean).join(' · '), COLLAPSED);
  if (state !== 'unknown') item.iconPath = stateIcon(state);
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

/** @param tag `null` for machines without a tag of their own */
function tagItem(tag: string | null, machines: readonly FleetMachine[]): TreeItem {
  const lacking = machines.filter(machine => machine.lacking > 0).length;
  const words = [lacking > 0 ? l10n.t('{0} to generate', lacking) : '', machineCount(machines.length)];
  const item = look(tag ?? l10n.t('Without a tag'), 'tag', words.filter(Boolean).join(' · '), COLLAPSED);
  if (lacking > 0) item.iconPath = warningIcon('tag');
  return item;
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
  { name, share, loose, state, stateText, stateSentence, outdated, files, nix, where }: FleetGenerator,
  machine: string | null,
): TreeItem {
  const words = [
    isDescribed({ state }) ? stateText : '',
    loose?.why,
    nix?.text,
    share === true ? l10n.t('shared') : '',
    fileCount(files.length),
  ];
  const item = look(name, 'circle', words.filter(Boolean).join(' · '), COLLAPSED);
  item.iconPath = stateIcon(state);
  const stateLine = outdated === null ? stateSentence : outdatedWords(outdated, stateSentence);
  // What is stored of it is not known either, which would only repeat that.
  item.tooltip = [loose?.sentence ?? stateLine, nix?.sentence].filter(Boolean).join('\n');
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
