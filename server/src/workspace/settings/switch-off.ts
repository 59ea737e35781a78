/** Edits `varsmith.json` to switch a rule off, keeping the file's formatting. Does not interpret the settings. */
import type { TextEdit } from '../../edits/text-edit.ts';
import { type JsonObject, memberAt, readJson } from './json.ts';
import { SETTINGS_FILE } from './settings-names.ts';

/**
 * Returns the edit of `varsmith.json` that switches a rule off for the whole workspace, or `null` if the file is
 * invalid.
 * @param text the text of the file, or `null` if it does not exist; the edit is its whole text then
 */
export function switchOffEdit(text: string | null, rule: string): TextEdit | null {
  const insert = (at: number, written: string): TextEdit => ({
    file: SETTINGS_FILE,
    start: at,
    end: at,
    text: written,
  });
  const entry = `${JSON.stringify(rule)}: "off"`;
  if (text === null || text.trim() === '')
    return {
      file: SETTINGS_FILE,
      start: 0,
      end: text?.length ?? 0,
      text: `{\n  "rules": {\n    ${entry}\n  }\n}\n`,
    };
  const parsed = readJson(text);
  if ('error' in parsed || parsed.root.kind !== 'object') return null;
  const { root } = parsed;
  const member = memberAt(root, ['rules', rule, 'severity']) ?? memberAt(root, ['rules', rule]);
  if (member !== null && member.value.kind !== 'object')
    return { file: SETTINGS_FILE, start: member.value.start, end: member.value.end, text: '"off"' };
  const path = member !== null ? ['rules', rule] : ['rules'];
  const target = memberAt(root, path);
  if (target !== null && target.value.kind !== 'object') return null;
  const into = target === null ? root : (target.value as JsonObject);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const outer = indentAt(text, into.start);
  const last = into.members.at(-1);
  const onOneLine = last !== undefined && !text.slice(into.start, last.key.start).includes('\n');
  const step = /^\t/m.test(text) ? '\t' : '  ';
  const inner = last === undefined || onOneLine ? outer + step : indentAt(text, last.key.start);
  const written =
    member !== null
      ? '"severity": "off"'
      : target !== null
        ? entry
        : `"rules": {${eol}${inner}${step}${entry}${eol}${inner}}`;
  if (last === undefined)
    return {
      file: SETTINGS_FILE,
      start: into.start,
      end: into.end,
      text: `{${eol}${inner}${written}${eol}${outer}}`,
    };
  return insert(last.value.end, onOneLine ? `, ${written}` : `,${eol}${inner}${written}`);
}

/** Returns the indentation of the line at an offset. */
function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}
