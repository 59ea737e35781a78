/** A list of which at least one item is chosen: an empty choice is answered, not taken for a wish to leave. */
import { type QuickPickItem, window } from 'vscode';

export interface PickSome {
  readonly title: string;
  readonly placeholder: string;
  /** Said where Enter finds nothing chosen; the list stays open. */
  readonly empty: string;
}

/**
 * Those with `picked` are chosen to begin with.
 *
 * @returns at least one item; null where the person went away
 */
export function pickSome<Item extends QuickPickItem>(
  items: readonly Item[],
  { title, placeholder, empty }: PickSome,
): Promise<readonly Item[] | null> {
  const box = window.createQuickPick<Item>();
  box.title = title;
  box.placeholder = placeholder;
  box.canSelectMany = true;
  box.matchOnDescription = true;
  // The page of a tab may take the focus when the palette or the list before closes, which is no wish to stop.
  box.ignoreFocusOut = true;
  box.items = items;
  box.selectedItems = items.filter(({ picked }) => picked === true);
  return new Promise(resolve => {
    const end = (chosen: readonly Item[] | null) => {
      resolve(chosen);
      box.dispose();
    };
    box.onDidAccept(() => {
      if (box.selectedItems.length > 0) return end([...box.selectedItems]);
      box.title = `${title}: ${empty}`;
    });
    box.onDidChangeSelection(chosen => {
      if (chosen.length > 0) box.title = title;
    });
    box.onDidHide(() => end(null));
    box.show();
  });
}
