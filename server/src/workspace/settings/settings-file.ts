/** Reads `varsmith.json` as a file and reports its problems. `settings.ts` interprets the settings. */

import type { Finding, Fix } from '../../checks/rule.ts';
import { editAt } from '../../edits/text-edit.ts';
import { plainOf, readJson } from './json.ts';
import { type ReadSettings, readSettings, type SettingsLayer, type SettingsProblem } from './settings.ts';
import { SETTINGS_FILE, SETTINGS_RULE } from './settings-names.ts';

/** The source of the file's text. */
interface TextFiles {
  kind(path: string): string | null;
  text(path: string): string | null;
}

/** Reads the settings of a workspace whenever they may have changed. */
export interface SettingsReader {
  /**
   * Returns the current settings and their problems.
   * @param configuration settings of the editor or the command line, which take precedence over the file
   */
  read(files: TextFiles, configuration: unknown): ReadSettings;
}

/**
 * Creates a reader of the settings.
 * @param ruleIds all existing rules
 */
export function createSettingsReader(ruleIds: readonly string[]): SettingsReader {
  // While it is being edited, the file is often invalid JSON; its last valid content stays in effect.
  let last: SettingsLayer = { from: SETTINGS_FILE, value: null };
  return {
    read(files, configuration) {
      const problem = readFile(files);
      const { settings, problems } = readSettings(
        [last, { from: 'Settings', value: configuration }],
        ruleIds,
      );
      // Places in the old text would be wrong.
      const shown = problem === null ? [...problems] : [problem, ...problems.filter(({ at }) => at === null)];
      shown.sort((a, b) => (a.at?.start ?? Infinity) - (b.at?.start ?? Infinity));
      return { settings, problems: shown };
    },
  };

  function readFile(files: TextFiles): SettingsProblem | null {
    const text = files.text(SETTINGS_FILE);
    if (text === null) {
      last = { from: SETTINGS_FILE, value: null };
      if (files.kind(SETTINGS_FILE) === null) return null;
      return { message: `${SETTINGS_FILE} cannot be read as text.`, at: null, replacement: null };
    }
    const parsed = readJson(text);
    if ('root' in parsed) {
      last = { from: SETTINGS_FILE, value: plainOf(parsed.root), node: parsed.root };
      return null;
    }
    const { reason, start, end } = parsed.error;
    const message = `${SETTINGS_FILE} is not JSON: ${reason}.`;
    return { message, at: { file: SETTINGS_FILE, start, end }, replacement: null };
  }
}

/** Returns the problems that have a place, as findings of their file. */
export function settingsFindings(problems: readonly SettingsProblem[]): Finding[] {
  return problems.flatMap(({ message, at, replacement }) => {
    if (at === null) return [];
    const fix: Fix[] =
      replacement === null
        ? []
        : [
            {
              title: `Replace with ${replacement}`,
              edits: [editAt(at, replacement)],
              preferred: true,
              guess: true,
            },
          ];
    return [{ rule: SETTINGS_RULE, severity: 'error', message, at, machines: [], related: [], fixes: fix }];
  });
}
