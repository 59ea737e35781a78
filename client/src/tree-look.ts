/** How items of trees are made: their look, their identity, and what a click on them does. */
import { ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { Where } from './protocol.ts';

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

/** With the same id after every edit, so that an item stays open, and can be revealed. */
export function named(item: TreeItem, ...parts: readonly string[]): TreeItem {
  item.id = parts.join('\n');
  return item;
}

/** @param byClick false where a click should open the item's own list */
export function opening(item: TreeItem, where: Where | null, byClick = true): TreeItem {
  if (where && byClick) item.command = { command: openCommand, title: 'Open', arguments: [where] };
  return item;
}
