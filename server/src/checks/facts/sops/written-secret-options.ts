/** The options of secrets and templates, and of sops-nix and agenix themselves, as written. */

import { MODULE_KEYS, MODULE_WORDS } from '../../../fleet/generators/generator-options.ts';
import type { SecretFacts, SecretKeeper, SecretOption } from '../../../fleet/model/secrets.ts';
import {
  type KnownOption,
  SECRET_OPTIONS,
  type SecretOwner,
  type SecretSide,
} from '../../../fleet/secrets/secrets-schema.ts';
import type { CheckContext } from '../../rule.ts';
import { isModule, isOfMachine, sideOf } from './secret-surroundings.ts';

export interface WrittenSecretOption {
  readonly keeper: SecretKeeper;
  readonly of: SecretOwner;
  /** The name of the secret or template, or null for an option of `sops` or `age`. */
  readonly owner: string | null;
  /** The option's name, including the groups that contain it: `age.keyFile`. */
  readonly name: string;
  readonly option: SecretOption;
  readonly side: SecretSide;
  /** The option, or null if it does not exist. */
  readonly known: KnownOption | null;
  /** True if the option or what contains it is under a condition. */
  readonly conditional: boolean;
}

/**
 * Yields the options of all files in order. Leaves out what is written as a module of its own, which may
 * declare options.
 */
export function* writtenOptions(context: CheckContext): Iterable<WrittenSecretOption> {
  for (const facts of context.fleet.secrets) yield* writtenIn(context, facts);
}

function* writtenIn({ fleet }: CheckContext, facts: SecretFacts): Iterable<WrittenSecretOption> {
  const { definitions, templates, settings } = facts;
  const owners = [
    ...definitions.map(definition => ({ ...definition, of: 'secret' as const })),
    ...templates.map(template => ({ ...template, of: 'template' as const, keeper: 'sops' as const })),
  ];
  for (const { keeper, of, name: owner, options, above, conditional } of owners) {
    if (!isModule(above) || options.some(({ name }) => MODULE_KEYS.has(name))) continue;
    const side = sideOf(fleet, facts.file, above);
    for (const option of options) {
      const { name } = option;
      if (name.startsWith('_') || MODULE_WORDS.has(name)) continue;
      const knownOption = SECRET_OPTIONS[keeper][of].get(name) ?? null;
      yield {
        keeper,
        of,
        owner,
        name,
        option,
        side,
        known: knownOption,
        conditional: conditional || option.conditional,
      };
    }
  }
  for (const { keeper, path, option, above } of settings) {
    // Any set may have an attribute of that name, such as the age of a person.
    const isOurs =
      definitions.some(definition => definition.keeper === keeper) || isOfMachine(fleet, facts.file);
    if (!isModule(above) || !isOurs || option.name.startsWith('_')) continue;
    const name = path.join('.');
    const knownOption = SECRET_OPTIONS[keeper].keeper.get(name) ?? null;
    const side = sideOf(fleet, facts.file, above);
    yield {
      keeper,
      of: 'keeper',
      owner: null,
      name,
      option,
      side,
      known: knownOption,
      conditional: option.conditional,
    };
  }
}

/** Returns the option as written in Nix: `sops.secrets."api/token".mode`. */
export function optionText({ keeper, of, owner, name }: WrittenSecretOption): string {
  if (owner === null) return `${keeper}.${name}`;
  const quoted = /^[A-Za-z_][\w'-]*$/.test(owner) ? owner : `"${owner}"`;
  return `${keeper}.${of}s.${quoted}.${name}`;
}
