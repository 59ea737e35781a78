/**
 * The border between Varsmith's types and those of the protocol: the only file that knows both. Places become
 * ranges, findings diagnostics, fixes workspace edits.
 */
import {
  CodeActionKind,
  type CreateFile,
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type Location,
  type CodeAction as LspCodeAction,
  type Range,
  type TextDocumentEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { Finding, Fix, Severity } from '../checks/rule.ts';
import type { CodeAction } from '../editor/refactor/code-actions.ts';
import type { TextEdit } from '../edits/text-edit.ts';
import type { NixFiles } from '../nix/eval/value.ts';
import type { Place } from '../nix/places.ts';
import { lineStartsOf, offsetAt, positionAt } from '../nix/source.ts';

export { pathOfUri, uriOfPath } from './addresses.ts';

const BEGINNING: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** The parts of a workspace that conversions need. */
export interface Border {
  readonly files: NixFiles;
  /** The URI of a file of the workspace, as the client writes it where it has the file open. */
  uriOf(path: string): string;
  /** The version of an open document; null for others. */
  versionOf(path: string): number | null;
  /** The address of the page about a rule, as the client opens it. */
  documentationOf(rule: string): string;
  /** Returns the message of a finding for the person at the client. */
  textOf(finding: Finding): string;
}

/** Null if the file is not there any more. */
export function rangeOf(files: NixFiles, { file, start, end }: Place): Range | null {
  const lineStarts = lineStartsIn(files, file);
  return lineStarts && { start: positionAt(lineStarts, start), end: positionAt(lineStarts, end) };
}

export function locationOf(border: Border, place: Place): Location | null {
  const range = rangeOf(border.files, place);
  return range && { uri: border.uriOf(place.file), range };
}

/** The 0-based UTF-16 offset of a position; null if the file is not there. */
export function offsetOf(files: NixFiles, file: string, position: Range['start']): number | null {
  const source = files.parse(file);
  if (source) return offsetAt(source.lineStarts, source.text.length, position);
  const text = files.text(file);
  return text === null ? null : offsetAt(lineStartsOf(text), text.length, position);
}

function lineStartsIn(files: NixFiles, file: string): readonly number[] | null {
  const source = files.parse(file);
  if (source) return source.lineStarts;
  const text = files.text(file);
  return text === null ? null : lineStartsOf(text);
}

export function diagnosticOf(border: Border, finding: Finding): Diagnostic | null {
  const range = rangeOf(border.files, finding.at);
  if (!range) return null;
  const related = finding.related.flatMap(({ at, message }) => {
    const location = locationOf(border, at);
    return location ? [{ location, message }] : [];
  });
  return {
    range,
    severity: SEVERITIES[finding.severity],
    code: finding.rule,
    codeDescription: { href: border.documentationOf(finding.rule) },
    source: 'varsmith',
    message: border.textOf(finding),
    ...(related.length > 0 ? { relatedInformation: related } : {}),
    ...(finding.unnecessary ? { tags: [DiagnosticTag.Unnecessary] } : {}),
  };
}

/** Returns an action without its edit, which is `editOf`. */
export function codeActionOf(border: Border, { finding, fix }: CodeAction): LspCodeAction {
  const diagnostic = diagnosticOf(border, finding);
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    ...(diagnostic ? { diagnostics: [diagnostic] } : {}),
    ...(fix.preferred ? { isPreferred: true } : {}),
  };
}

/**
 * A file that is not there is made first; only clients that take versioned edits and make files are given such edits.
 * @param versioned the client takes edits that name the document's version
 */
export function editOf(border: Border, { edits }: Pick<Fix, 'edits'>, versioned: boolean): WorkspaceEdit {
  const byFile = new Map<string, TextEdit[]>();
  for (const edit of edits) byFile.set(edit.file, [...(byFile.get(edit.file) ?? []), edit]);
  const changes = [...byFile].map(([file, inFile]) => ({
    file,
    uri: border.uriOf(file),
    edits: inFile.flatMap(edit => {
      const range = border.files.kind(file) === null ? BEGINNING : rangeOf(border.files, edit);
      return range ? [{ range, newText: edit.text }] : [];
    }),
  }));
  if (!versioned) return { changes: Object.fromEntries(changes.map(({ uri, edits: list }) => [uri, list])) };
  return {
    documentChanges: changes.flatMap(({ file, uri, edits: list }): (CreateFile | TextDocumentEdit)[] => {
      const edit = { textDocument: { uri, version: border.versionOf(file) }, edits: list };
      return border.files.kind(file) === null ? [{ kind: 'create', uri }, edit] : [edit];
    }),
  };
}
