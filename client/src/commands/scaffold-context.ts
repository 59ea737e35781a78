/** The fleet that a scaffolding command writes into, with the server's answers about names in it. */
import { l10n, window } from 'vscode';
import { pickRoot, rootAround } from '../generate/choose.ts';
import type { Server } from '../language/server.ts';
import { EVERYTHING, type FleetRoot, fleetRequest } from '../protocol/fleet.ts';
import {
  type CheckNameParams,
  checkNameRequest,
  type ScaffoldChoices,
  type SecretProposals,
  type SecretProposalsParams,
  scaffoldChoicesRequest,
  secretProposalsRequest,
} from '../protocol/scaffold.ts';

/** The root that a command writes into, and the available choices. */
export interface ScaffoldContext extends ScaffoldChoices {
  readonly root: string;
  /** The active file relative to the root, or `null` if it is outside of it. */
  readonly active: string | null;
  /** Returns the problem with a name as a sentence, or `null` if there is none. */
  problem(of: CheckNameParams['of'], name: string, registry?: string): Promise<string | null>;
  secretProposals(name: string, registry: string): Promise<SecretProposals>;
}

/** Asks for the root if there are several. Returns `null` if there is none or the question is cancelled. */
export async function pickContext(server: Server): Promise<ScaffoldContext | null> {
  const roots = (await server.request<FleetRoot[] | null>(fleetRequest, { filter: EVERYTHING })) ?? [];
  const file = window.activeTextEditor?.document.uri;
  const inside = file === undefined ? null : rootAround(roots, file);
  const fleetRoot = inside?.root ?? (await pickRoot(roots));
  if (fleetRoot === null) {
    if (roots.length === 0) void window.showInformationMessage(l10n.t('Open the folder of a fleet first.'));
    return null;
  }
  const root = fleetRoot.uri;
  const choices = await server.request<ScaffoldChoices | null>(scaffoldChoicesRequest, { root });
  if (choices === null) return null;
  return {
    ...choices,
    root,
    active: inside?.path ?? null,
    problem: (of, name, registry) => {
      const params: CheckNameParams = { root, of, name, registry: registry ?? null };
      return server.request<string | null>(checkNameRequest, params);
    },
    secretProposals: async (name, registry) => {
      const params: SecretProposalsParams = { root, name, registry };
      const answer = await server.request<SecretProposals | null>(secretProposalsRequest, params);
      return answer ?? { proposals: [], domains: [] };
    },
  };
}
