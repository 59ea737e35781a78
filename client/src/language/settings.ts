/**
 * Returns the settings that are set explicitly. VS Code answers with defaults for the rest, and a default must not
 * override `varsmith.json`. Knows the names of settings, not their meanings.
 */
import { type ConfigurationScope, workspace } from 'vscode';

const SECTION = 'varsmith';

/** The settings that the server reads. A test keeps the list in sync with package.json. */
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

/** Returns the settings of the user, the workspace or the folder of `scope`; the narrowest wins. */
export function explicitSettings(scope: ConfigurationScope | undefined): Record<string, unknown> {
  const configuration = workspace.getConfiguration(SECTION, scope);
  const set: Record<string, unknown> = {};
  for (const name of settingNames) {
    const inspected = configuration.inspect(name);
    const { globalValue, workspaceValue, workspaceFolderValue } = inspected ?? {};
    // The editor merges objects from all three levels, which `get` returns.
    if ([globalValue, workspaceValue, workspaceFolderValue].some(value => value !== undefined))
      set[name] = configuration.get(name);
  }
  return set;
}
