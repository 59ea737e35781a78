/** `textDocument/definition`. */
import type { CancellationToken, DefinitionParams, Location, LocationLink } from 'vscode-languageserver';
import { definition } from '../../editor/definition.ts';
import type { Analysis } from '../analysis.ts';
import type { Client } from '../client.ts';
import { locationOf, offsetOf, pathOfUri, rangeOf } from '../convert.ts';

export async function onDefinition(
  analysis: Analysis,
  client: Client,
  { textDocument, position }: DefinitionParams,
  token: CancellationToken,
): Promise<Location[] | LocationLink[] | null> {
  const absolute = pathOfUri(textDocument.uri);
  const located = absolute === null ? null : await analysis.locate(absolute, token);
  if (!located) return null;
  const { snapshot, border, path } = located;
  const offset = offsetOf(snapshot.files, path, position);
  const found = offset === null ? null : definition(snapshot, path, offset);
  if (!found) return null;
  const locations = found.targets.map(place => locationOf(border, place)).filter(each => each !== null);
  if (!client.takesLinks) return locations;
  const origin = rangeOf(snapshot.files, found.origin);
  return locations.map(({ uri, range }) => ({
    targetUri: uri,
    targetRange: range,
    targetSelectionRange: range,
    ...(origin ? { originSelectionRange: origin } : {}),
  }));
}
