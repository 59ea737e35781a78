/**
 * Shows pages of the documentation inside the editor, without network access: the server's text about a rule as a
 * read-only Markdown page. Links between such pages stay in the editor; others lead to the web.
 */
import { commands, type Disposable, extensions, l10n, Uri, window, workspace } from 'vscode';
import {
  type RulePageParams,
  type RulePageResult,
  rulePageRequest,
  showRuleCommand,
} from '../protocol/documentation.ts';
import type { Server } from './server.ts';

/** The scheme that the server writes into the codes of findings, where VS Code opens documents but runs no commands. */
const SCHEME = 'varsmith-docs';

export function registerDocumentation(server: Server): readonly Disposable[] {
  return [
    workspace.registerTextDocumentContentProvider(SCHEME, {
      async provideTextDocumentContent({ path }) {
        const asked: RulePageParams = { page: path.replace(/^\//, '').replace(/\.md$/, '') };
        const result = await server.request<RulePageResult | null>(rulePageRequest, asked);
        return result?.markdown ?? l10n.t('The page does not exist.');
      },
    }),
    commands.registerCommand(showRuleCommand, async (rule: unknown) => {
      // Links can call the command with arbitrary arguments.
      if (typeof rule !== 'string' || !/^[a-z]+\/[a-z-]+$/.test(rule)) return;
      await showMarkdown(Uri.from({ scheme: SCHEME, path: `/rules/${rule}.md` }));
    }),
  ];
}

/**
 * Shows a page that ships with the extension.
 * @param path relative to the extension
 */
export async function showGuide(path: string): Promise<void> {
  const extension = extensions.getExtension('varsmith.varsmith');
  if (extension !== undefined) await showMarkdown(Uri.joinPath(extension.extensionUri, path));
}

async function showMarkdown(uri: Uri): Promise<void> {
  try {
    await commands.executeCommand('markdown.showPreviewToSide', uri);
  } catch {
    // The editor's Markdown extension may be disabled; the source is readable as well.
    await window.showTextDocument(uri);
  }
}
