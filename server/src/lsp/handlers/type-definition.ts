/** Answers `textDocument/typeDefinition` with the function that makes the generator at the cursor. */
import type { CancellationToken, Location, LocationLink, TypeDefinitionParams } from 'vscode-languageserver';
import { typeDefinition } from '../../editor/navigate/type-definition.ts';
import type { Analysis } from '../analysis.ts';
import type { Client } from '../client.ts';
import { definitionOf } from './definition.ts';
import { pointAt } from './requested-position.ts';

export async function onTypeDefinition(
  analysis: Analysis,
  client: Client,
  params: TypeDefinitionParams,
  token: CancellationToken,
): Promise<Location[] | LocationLink[] | null> {
  const point = await pointAt(analysis, params, token);
  const definition = point && typeDefinition(point.snapshot, point.path, point.offset);
  return definition ? definitionOf(point, definition, client.takesTypeLinks) : null;
}
