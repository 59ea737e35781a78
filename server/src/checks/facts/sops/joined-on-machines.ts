/**
 * Secrets of sops-nix as one machine has them: with its own default file, its own options, and what clan gives to it.
 */

import type { MachineSecrets, SecretDefinition } from '../../../fleet/model/secrets.ts';
import { type FleetSecrets, joinSecrets, patternOf } from '../../../fleet/secrets/secrets-join.ts';
import { placeKey } from '../../../nix/places.ts';
import { addToList } from '../../../std.ts';
import { keeping } from '../../memory/kept.ts';
import type { CheckContext } from '../../rule.ts';
import { secretFilesOf, secretsOf } from './joined-secrets.ts';

/** A definition on a machine, and all that the machine has. */
export interface OwnDefinition {
  readonly machine: string;
  readonly definition: SecretDefinition;
  readonly secrets: FleetSecrets;
}

/** Computed once for as long as neither the machine nor what the fleet has of secrets changes. */
const joinedOf = keeping((_: MachineSecrets) => new WeakMap<FleetSecrets, FleetSecrets | null>());

/** Returns what of a machine is certain: null where something may say more of any secret. */
function joinedOn(context: CheckContext, machine: string, own: MachineSecrets): FleetSecrets | null {
  const all = secretsOf(context);
  const kept = joinedOf(own);
  let joined = kept.get(all);
  if (joined === undefined) {
    joined = join(context, machine, own);
    kept.set(all, joined);
  }
  return joined;
}

function join(context: CheckContext, machine: string, own: MachineSecrets): FleetSecrets | null {
  if (!own.complete || own.modules.some(({ secrets }) => secrets.gaps.some(isOfSops))) return null;
  const { sources } = context;
  const implicit = new Map(
    secretsOf(context).secrets.flatMap(({ name, implicitOn }) =>
      implicitOn.includes(machine) ? [[name, [machine]] as const] : [],
    ),
  );
  const units = own.modules.map(({ secrets, sure }) => ({
    file: secrets.file ?? '',
    definitions: secrets.definitions.map(definition =>
      sure ? definition : { ...definition, conditional: true },
    ),
    templates: secrets.templates,
    defaults: secrets.defaults.map(given => (sure ? given : { ...given, conditional: true })),
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
 * Returns the definitions of sops-nix as machines have them, by what `ofDefinition` says of them. Left out are machines of
 * which something is not known, and names that another definition may have as well.
 */
export function definitionsOnMachines(context: CheckContext): ReadonlyMap<string, readonly OwnDefinition[]> {
  const found = new Map<string, OwnDefinition[]>();
  for (const [machine, own] of context.fleet.machineSecrets) {
    const secrets = joinedOn(context, machine, own);
    if (secrets === null) continue;
    const patterns = secrets.secrets
      .filter(({ keeper, nameKind }) => keeper === 'sops' && nameKind === 'pattern')
      .map(({ name }) => patternOf(name));
    for (const { keeper, nameKind, name, definitions } of secrets.secrets) {
      if (keeper !== 'sops' || nameKind === 'pattern' || patterns.some(pattern => pattern.test(name)))
        continue;
      for (const definition of definitions)
        addToList(found, ofDefinition(definition), { machine, definition, secrets });
    }
  }
  return found;
}

/** Returns what tells a definition from any other: where it is written, and its name. */
export function ofDefinition({ at, name }: SecretDefinition): string {
  return `${placeKey(at)} ${name}`;
}
