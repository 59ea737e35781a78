/**
 * Shows a list in which at least one item must be selected: an empty selection shows a message instead of cancelling.
 */
import { type QuickPickItem, window } from 'vscode';

export interface PickSome {
  readonly title: string;
  readonly placeholder: string;
  /** The message if Enter is pressed without a selection; the list stays open. */
  readonly empty: string;
  /** True if a second Enter accepts the empty selection. */
  readonly acceptsNone?: boolean;
}

/**
 * Asks for items. Those with `picked` are initially selected.
 * @returns at least one item unless `acceptsNone`, or null if the person cancels
 */
export function pickSome<Item extends QuickPickItem>(
  items: readonly Item[],
  { title, placeholder, empty, acceptsNone = false }: PickSome,
): Promise<readonly Item[] | null> {
  const box = window.createQuickPick<Item>();
  box.title = title;
  box.placeholder = placeholder;
  box.canSelectMany = true;
  box.matchOnDescription = true;
  box.matchOnDetail = true;
  // An open webview may take the focus when the previous list closes, which must not cancel the command.
  box.ignoreFocusOut = true;
  box.items = items;
  box.selectedItems = items.filter(({ picked }) => picked === true);
  return new Promise(resolve => {
    const end = (chosen: readonly Item[] | null) => {
      resolve(chosen);
      box.dispose();
    };
    box.onDidAccept(() => {
      const isTold = box.title !== title;
      if (box.selectedItems.length > 0 || (acceptsNone && isTold)) return end([...box.selectedItems]);
      box.title = `${title}: ${empty}`;
    });
    box.onDidChangeSelection(chosen => {
      if (chosen.length > 0) box.title = title;
    });
    box.onDidHide(() => end(null));
    box.show();
  });
}
