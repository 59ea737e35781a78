/**
 * Joins the sops-nix secrets of one machine: with its default file, its own options and the secrets that clan
 * provides.
 */

import type { MachineSecrets, SecretDefinition } from '../../../fleet/model/secrets.ts';
import { type FleetSecrets, joinSecrets, patternOf } from '../../../fleet/secrets/secrets-join.ts';
import { placeKey } from '../../../nix/places.ts';
import { addToList } from '../../../std.ts';
import { perObject } from '../../memory/kept.ts';
import type { CheckContext } from '../../rule.ts';
import { secretFilesOf, secretsOf } from './joined-secrets.ts';

/** A definition on a machine, with all secrets of that machine. */
export interface OwnDefinition {
  readonly machine: string;
  readonly definition: SecretDefinition;
  readonly secrets: FleetSecrets;
}

/** Cached for as long as neither the machine nor the fleet's secrets change. */
const joinedOf = perObject((_: MachineSecrets) => new WeakMap<FleetSecrets, FleetSecrets | null>());

/** Returns what is certain about a machine's secrets, or null if something unknown may change any of them. */
function joinedOn(context: CheckContext, machine: string, secrets: MachineSecrets): FleetSecrets | null {
  const all = secretsOf(context);
  const kept = joinedOf(secrets);
  let joined = kept.get(all);
  if (joined === undefined) {
    joined = join(context, machine, secrets);
    kept.set(all, joined);
  }
  return joined;
}

function join(context: CheckContext, machine: string, machineSecrets: MachineSecrets): FleetSecrets | null {
  if (!machineSecrets.complete || machineSecrets.modules.some(({ secrets }) => secrets.gaps.some(isOfSops)))
    return null;
  const { sources } = context;
  const implicit = new Map(
    secretsOf(context).secrets.flatMap(({ name, implicitOn }) =>
      implicitOn.includes(machine) ? [[name, [machine]] as const] : [],
    ),
  );
  const units = machineSecrets.modules.map(({ secrets, sure }) => ({
    file: secrets.file ?? '',
    definitions: secrets.definitions.map(definition =>
      sure ? definition : { ...definition, conditional: true },
    ),
    templates: secrets.templates,
    defaults: secrets.defaults.map(sopsDefault =>
      sure ? sopsDefault : { ...sopsDefault, conditional: true },
    ),
    settings: [],
    ageRules: null,
    uses: [],
    gaps: secrets.gaps,
    notAnalysable: [],
  }));
  return joinSecrets(sources, units, implicit, secretFilesOf(context));
}

function isOfSops({ keeper }: { readonly keeper: string }): boolean {
  return keeper === 'sops';
}

/**
 * Returns the sops-nix definitions per machine, keyed by `ofDefinition`. Leaves out machines that are not fully
 * known and names that another definition may have too.
 */
export function definitionsOnMachines(context: CheckContext): ReadonlyMap<string, readonly OwnDefinition[]> {
  const byDefinition = new Map<string, OwnDefinition[]>();
  for (const [machine, machineSecrets] of context.fleet.machineSecrets) {
    const secrets = joinedOn(context, machine, machineSecrets);
    if (secrets === null) continue;
    const patterns = secrets.secrets
      .filter(({ keeper, nameKind }) => keeper === 'sops' && nameKind === 'pattern')
      .map(({ name }) => patternOf(name));
    for (const { keeper, nameKind, name, definitions } of secrets.secrets) {
      if (keeper !== 'sops' || nameKind === 'pattern' || patterns.some(pattern => pattern.test(name)))
        continue;
      for (const definition of definitions)
        addToList(byDefinition, ofDefinition(definition), { machine, definition, secrets });
    }
  }
  return byDefinition;
}

/** Returns a key that identifies a definition: its place and name. */
export function ofDefinition({ at, name }: SecretDefinition): string {
  return `${placeKey(at)} ${name}`;
}
