/** Names that the server announces to the client and its handlers answer to. */
import { CodeActionKind } from 'vscode-languageserver';

/** The kind that an editor asks for when it is to fix everything on saving. */
export const FIX_ALL = `${CodeActionKind.SourceFixAll}.varsmith`;

/** The command that opens a rule's page. */
export const OPEN_DOCUMENTATION = 'varsmith.openDocumentation';
