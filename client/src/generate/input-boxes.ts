/** Shows the boxes of `ask.ts` in the editor. */
import {
  type CancellationToken,
  env,
  l10n,
  type QuickInputButton,
  ThemeIcon,
  window,
  workspace,
} from 'vscode';
import type { Box, BoxButton, Boxes } from './ask.ts';

const looks = (): Readonly<Record<BoxButton, readonly [icon: string, tooltip: string]>> => ({
  back: ['arrow-left', l10n.t('Previous line')],
  blank: ['newline', l10n.t('An empty line at the end')],
  clipboard: ['clippy', l10n.t('Use the text of the clipboard, including all lines')],
  file: ['folder-opened', l10n.t('Use the text of a file')],
  finish: ['check', l10n.t('Finish')],
});

/**
 * Returns the boxes of the editor.
 * @param token closes the boxes on cancellation, as if they were dismissed
 */
export function editorBoxes(token?: CancellationToken): Boxes {
  return {
    show: box => show(box, token),
    clipboard: async () => env.clipboard.readText(),
    async file() {
      const options = { title: l10n.t('Text to use'), openLabel: l10n.t('Take') };
      const [chosen] = (await window.showOpenDialog(options)) ?? [];
      if (chosen === undefined) return null;
      let bytes: Uint8Array;
      try {
        bytes = await workspace.fs.readFile(chosen);
      } catch {
        return { problem: l10n.t('This file cannot be read.') };
      }
      try {
        return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
      } catch {
        return { problem: l10n.t('This file is not text.') };
      }
    },
  };
}

function show(box: Box, token: CancellationToken | undefined): ReturnType<Boxes['show']> {
  if (token?.isCancellationRequested) return Promise.resolve(null);
  const input = window.createInputBox();
  input.title = box.title;
  input.prompt = box.prompt;
  input.placeholder = box.placeholder;
  input.password = box.hidden;
  input.value = box.value;
  // The message replaces the prompt, so it includes it.
  if (box.error !== null) input.validationMessage = `${box.error} ${box.prompt}`;
  input.ignoreFocusOut = true;
  const buttons = new Map<QuickInputButton, BoxButton>(
    box.buttons.map(name => {
      const [icon, tooltip] = looks()[name];
      return [{ iconPath: new ThemeIcon(icon), tooltip }, name];
    }),
  );
  input.buttons = [...buttons.keys()];
  return new Promise(resolve => {
    const end = (answer: Awaited<ReturnType<Boxes['show']>>) => {
      resolve(answer);
      cancelling?.dispose();
      input.dispose();
    };
    const cancelling = token?.onCancellationRequested(() => end(null));
    input.onDidChangeValue(() => {
      input.validationMessage = undefined;
    });
    input.onDidAccept(() => end({ text: input.value, button: null }));
    input.onDidTriggerButton(button => end({ text: input.value, button: buttons.get(button) ?? null }));
    input.onDidHide(() => end(null));
    input.show();
  });
}
