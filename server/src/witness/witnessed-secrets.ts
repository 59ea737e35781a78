/** Each fact of a machine's secrets of sops-nix and agenix with its witness, as `witnessed-facts.ts` does it for generators. */

import type { Fleet } from '../fleet/model/fleet.ts';
import type { NixAnswer, NixMachine, NixSecret, WitnessedSecret } from '../fleet/model/nix-answer.ts';
import type { MachineSecrets, SecretDefinition, SecretKeeper } from '../fleet/model/secrets.ts';
import { groupBy } from '../std.ts';
import { SECRET_OPTIONS, secretsIn } from './join-secrets.ts';
import { witnessOf } from './witnessed-facts.ts';

/** @param fleet as it was read, before Nix's answer was joined into it */
export function witnessedSecrets(
  { machineSecrets }: Fleet,
  { machines }: NixAnswer,
): readonly WitnessedSecret[] {
  const none: MachineSecrets = { modules: [], complete: false };
  return machines.flatMap(machine => [
    ...factsOf(machine, 'sops', machineSecrets.get(machine.name) ?? none),
    ...factsOf(machine, 'age', machineSecrets.get(machine.name) ?? none),
  ]);
}

function* factsOf(
  { name: machine, facts }: NixMachine,
  keeper: SecretKeeper,
  secrets: MachineSecrets,
): Iterable<WitnessedSecret> {
  const { modules, complete } = secrets;
  const nix = facts && secretsIn(facts, keeper, secrets);
  if (nix === null) return;
  const declared = modules.flatMap(({ secrets, sure }) =>
    secrets.definitions
      .filter(definition => definition.keeper === keeper)
      .map(definition => ({ definition, isCertain: sure && !definition.conditional })),
  );
  const named = groupBy(
    declared.filter(({ definition }) => definition.nameKind !== 'pattern'),
    ({ definition }) => definition.name,
  );
  const isOpen =
    !complete ||
    declared.some(({ definition }) => definition.nameKind === 'pattern') ||
    modules.some(({ secrets }) => secrets.gaps.some(gap => gap.keeper === keeper));
  for (const [secret, nixSecret] of nix) {
    const same = named.get(secret) ?? [];
    const [first] = same;
    const about = { machine, keeper, secret, at: first?.definition.at ?? null };
    // Modules of other flakes declare secrets as well, so that one that was not seen denies nothing.
    const read = first === undefined ? null : machine;
    yield { ...about, fact: 'machine', witness: read === null ? 'nix' : 'confirmed', read, nix: machine };
    if (first !== undefined && same.length === 1)
      for (const fact of optionFacts(first.definition, nixSecret, first.isCertain && !isOpen))
        yield { ...about, ...fact };
  }
  for (const [secret, same] of named)
    for (const { definition, isCertain } of same)
      if (isCertain && !nix.has(secret))
        yield {
          ...{ machine, keeper, secret, at: definition.at },
          ...{ fact: 'machine', witness: 'contradicted', read: machine, nix: null },
        };
}

/** @param isCertain false if another definition may set the option otherwise, so that a difference is no contradiction */
function* optionFacts(
  definition: SecretDefinition,
  nix: NixSecret,
  isCertain: boolean,
): Iterable<Pick<WitnessedSecret, 'fact' | 'witness' | 'read' | 'nix'>> {
  const values = [
    ...SECRET_OPTIONS.map(option => [option, definition[option]?.value ?? null, nix[option]] as const),
    [definition.keeper === 'sops' ? 'sopsFile' : 'file', definition.source?.path ?? null, nix.file] as const,
  ];
  for (const [option, mine, theirs] of values) {
    if (!definition.definedOptions.includes(option)) continue;
    const witness = witnessOf(mine, theirs);
    const isDoubtful = witness === 'contradicted' && !isCertain;
    yield {
      fact: option,
      witness: isDoubtful ? 'nix' : witness,
      read: isDoubtful ? null : mine,
      nix: theirs,
    };
  }
}
