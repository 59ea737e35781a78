/**
 * Converts between Varsmith's types and those of the protocol: places to ranges, findings to diagnostics, fixes to
 * workspace edits. The only file that knows both.
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
export interface ProtocolContext {
  readonly files: NixFiles;
  /** Returns the URI of a file, in the client's own spelling if it has the file open. */
  uriOf(path: string): string;
  /** Returns the version of an open document, or `null` for other files. */
  versionOf(path: string): number | null;
  /** Returns the address of a rule's page, as the client opens it. */
  documentationOf(rule: string): string;
  /** Returns the message of a finding, as the client shows it. */
  textOf(finding: Finding): string;
}

/** Returns the range of a place, or `null` if the file no longer exists. */
export function rangeOf(files: NixFiles, { file, start, end }: Place): Range | null {
  const lineStarts = lineStartsIn(files, file);
  return lineStarts && { start: positionAt(lineStarts, start), end: positionAt(lineStarts, end) };
}

export function locationOf(border: ProtocolContext, place: Place): Location | null {
  const range = rangeOf(border.files, place);
  return range && { uri: border.uriOf(place.file), range };
}

/** Returns the 0-based UTF-16 offset of a position, or `null` if the file does not exist. */
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

export function diagnosticOf(border: ProtocolContext, finding: Finding): Diagnostic | null {
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

/** Returns an action without its edit, which `editOf` makes. */
export function codeActionOf(border: ProtocolContext, { finding, fix }: CodeAction): LspCodeAction {
  const diagnostic = diagnosticOf(border, finding);
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    ...(diagnostic ? { diagnostics: [diagnostic] } : {}),
    ...(fix.preferred ? { isPreferred: true } : {}),
  };
}

/**
 * Returns the edits of a fix. A missing file is created first; only clients that support versioned edits and creating
 * files get such edits.
 * @param versioned true if the client takes edits that name the document's version
 */
export function editOf(
  border: ProtocolContext,
  { edits }: Pick<Fix, 'edits'>,
  versioned: boolean,
): WorkspaceEdit {
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
