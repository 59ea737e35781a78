/**
 * The settings as the server wants them: only what somebody has set. VS Code answers with its defaults for the rest,
 * and a default must not go before what `varsmith.json` says. It knows names, not meanings.
 */
import { type ConfigurationScope, workspace } from 'vscode';

const SECTION = 'varsmith';

/** The settings that the server reads. A test holds the list to package.json. */
export const settingNames = [
  'enable',
  'rules',
  'registryFiles',
  'matrixFiles',
  'exclude',
  'codeLens',
  'inlayHints',
  'semanticTokens',
] as const;

/** What is set for the user, the workspace or the folder of `scope`; the narrowest counts. */
export function explicitSettings(scope: ConfigurationScope | undefined): Record<string, unknown> {
  const configuration = workspace.getConfiguration(SECTION, scope);
  const set: Record<string, unknown> = {};
  for (const name of settingNames) {
    const inspected = configuration.inspect(name);
    const { globalValue, workspaceValue, workspaceFolderValue } = inspected ?? {};
    // Objects are put together from all three by the editor; `get` has the result.
    if ([globalValue, workspaceValue, workspaceFolderValue].some(value => value !== undefined))
      set[name] = configuration.get(name);
  }
  return set;
}
