/** Names that the server announces to the client, and to which its handlers respond. */
import { CodeActionKind } from 'vscode-languageserver';

/** The kind that an editor requests to fix everything on saving. */
export const FIX_ALL = `${CodeActionKind.SourceFixAll}.varsmith`;

/** The command that opens a rule's page. */
export const OPEN_DOCUMENTATION = 'varsmith.openDocumentation';
