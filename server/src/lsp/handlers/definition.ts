/** Answers `textDocument/definition`. */
import type { CancellationToken, DefinitionParams, Location, LocationLink } from 'vscode-languageserver';
import { type Definition, definition } from '../../editor/navigate/definition.ts';
import type { Analysis, FileState } from '../analysis.ts';
import type { Client } from '../client.ts';
import { locationOf, rangeOf } from '../to-protocol.ts';
import { pointAt } from './requested-position.ts';

export async function onDefinition(
  analysis: Analysis,
  client: Client,
  params: DefinitionParams,
  token: CancellationToken,
): Promise<Location[] | LocationLink[] | null> {
  const point = await pointAt(analysis, params, token);
  const definitions = point && definition(point.snapshot, point.path, point.offset);
  return definitions ? definitionOf(point, definitions, client.takesLinks) : null;
}

/**
 * Converts a definition for the client.
 * @param links true if the client takes links, which also contain the range at the cursor
 */
export function definitionOf(
  { snapshot, border }: FileState,
  candidate: Definition,
  links: boolean,
): Location[] | LocationLink[] {
  const locations = candidate.targets
    .map(place => locationOf(border, place))
    .filter(location => location !== null);
  if (!links) return locations;
  const origin = rangeOf(snapshot.files, candidate.origin);
  return locations.map(({ uri, range }) => ({
    targetUri: uri,
    targetRange: range,
    targetSelectionRange: range,
    ...(origin ? { originSelectionRange: origin } : {}),
  }));
}
