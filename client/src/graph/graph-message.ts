/** Converts the server's answers to messages for the graph's page. */
import { l10n } from 'vscode';
import type { GraphResult } from '../protocol/graph.ts';
import type { Choice, ToPage } from '../webview/messages.ts';

/** The whole graph, with automatic grouping. */
export const EVERYTHING: Choice = {
  ...{ machine: null, generator: null, kind: null, condition: null },
  ...{ grouping: 'auto', open: null },
};

/**
 * Returns the message that shows an answer.
 * @param isOther true if the subject has changed, so that the whole picture is shown
 */
export function graphMessage(result: GraphResult | null, choice: Choice, isOther: boolean): ToPage {
  if (!result || result.generators === 0)
    return { type: 'empty', message: emptyText(result, choice), choice };
  const { text, machines, generators, groups, owners, legend, open, rootUri } = result;
  return {
    ...{ type: 'graph', picture: text, machines, generators, groups, owners, legend },
    ...{ root: rootUri, isOther },
    choice: { ...choice, open },
  };
}

function emptyText(result: GraphResult | null, { machine, generator, kind, condition }: Choice): string {
  const isChosen = [machine, generator, kind, condition].some(choice => choice !== null);
  return result && isChosen
    ? l10n.t('No generator matches. Change the filters above.')
    : l10n.t('No generator is declared here. Open a fleet, which is a folder whose Nix files declare vars.');
}
