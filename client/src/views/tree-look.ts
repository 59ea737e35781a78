/** Makes tree items: their appearance, their identity, and the effect of a click. */
import { l10n, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { Where } from '../protocol/places.ts';

export const openCommand = 'varsmith.open';

export const NONE = TreeItemCollapsibleState.None;
export const COLLAPSED = TreeItemCollapsibleState.Collapsed;

export function look(
  label: string,
  icon: string,
  description: string,
  state: TreeItemCollapsibleState,
): TreeItem {
  const item = new TreeItem(label, state);
  item.iconPath = new ThemeIcon(icon);
  item.description = description;
  return item;
}

/** Sets an id that is stable across edits, so that an item stays open and can be revealed. */
export function named(item: TreeItem, ...parts: readonly string[]): TreeItem {
  item.id = parts.join('\n');
  return item;
}

/**
 * Makes an item open a place on a click.
 * @param byClick false if a click should unfold the item
 */
export function opening(item: TreeItem, where: Where | null, byClick = true): TreeItem {
  if (where && byClick) item.command = { command: openCommand, title: l10n.t('Open'), arguments: [where] };
  return item;
}

/** Colours and shapes of states, the same in trees and in the graph. The colours are declared in package.json. */
export const STATE_ICONS = {
  present: ['pass', 'varsmith.generated'],
  partial: ['color-mode', 'varsmith.partlyGenerated'],
  outdated: ['history', 'varsmith.outdated'],
  missing: ['circle-large-outline', 'varsmith.notGenerated'],
  unreadable: ['circle-slash', 'varsmith.notReadable'],
  unknown: ['question', 'varsmith.notKnown'],
} as const;

export function stateIcon(state: keyof typeof STATE_ICONS, icon: string = STATE_ICONS[state][0]): ThemeIcon {
  return new ThemeIcon(icon, new ThemeColor(STATE_ICONS[state][1]));
}

export function warningIcon(icon: string): ThemeIcon {
  return new ThemeIcon(icon, new ThemeColor('list.warningForeground'));
}

/**
 * Sets the label for screen readers: icons are not read, and without a label the tooltip is read instead of the name.
 */
export function withSpokenLabel(item: TreeItem, ...words: readonly string[]): TreeItem {
  item.accessibilityInformation = { label: words.filter(Boolean).join(', ').replaceAll(' · ', ', ') };
  return item;
}
