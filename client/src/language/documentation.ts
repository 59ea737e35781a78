/**
 * Pages of the documentation inside of the editor, without a network: what the server knows of a rule, as a page of
 * Markdown that cannot be edited. Links between such pages stay inside; others lead to the web.
 */
import { commands, type Disposable, l10n, Uri, window, workspace } from 'vscode';
import {
  type RulePageParams,
  type RulePageResult,
  rulePageRequest,
  showRuleCommand,
} from '../protocol/documentation.ts';
import type { Server } from './server.ts';

/** The server writes it into the codes of findings, behind which VS Code opens documents and runs no commands. */
const SCHEME = 'varsmith-docs';

export function registerDocumentation(server: Server): readonly Disposable[] {
  return [
    workspace.registerTextDocumentContentProvider(SCHEME, {
      async provideTextDocumentContent({ path }) {
        const asked: RulePageParams = { page: path.replace(/^\//, '').replace(/\.md$/, '') };
        const result = await server.request<RulePageResult | null>(rulePageRequest, asked);
        return result?.markdown ?? l10n.t('There is no such page.');
      },
    }),
    commands.registerCommand(showRuleCommand, async (rule: unknown) => {
      // The command can be called by links, with anything.
      if (typeof rule !== 'string' || !/^[a-z]+\/[a-z-]+$/.test(rule)) return;
      const uri = Uri.from({ scheme: SCHEME, path: `/rules/${rule}.md` });
      try {
        await commands.executeCommand('markdown.showPreviewToSide', uri);
      } catch {
        // The editor's own Markdown extension may be switched off; the source reads well, too.
        await window.showTextDocument(uri);
      }
    }),
  ];
}
