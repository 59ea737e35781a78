/** store/stale-validation: stored files that were made from another `validation` than the declared one. */
import type { Fleet, WrittenOption } from '../../fleet/model.ts';
import type { Setting } from '../../fleet/settings.ts';
import type { StoreContents } from '../../store/vars/read.ts';
import { type Validation, validationHash } from '../../store/vars/validation.ts';
import { OPTIONS } from '../option/schema.ts';
import type { CheckContext, Report, Rule } from '../rule.ts';
import { inBrackets } from '../wording.ts';
import { type SoleDeclaration, soleDeclaration } from './declared.ts';
import { type StoredGenerator, storedIndex } from './stored-index.ts';

const FOLDER = 'vars/per-machine/lea/mail/password';
const HASHES = {
  /** Of \`1\`. */
  one: '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b',
  two: 'd4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35',
};

export const staleValidation: Rule = {
  id: 'store/stale-validation',
  severity: 'warning',
  summary: 'Stored files that were made from another `validation`',
  documentation: `\
A generator's \`validation\` says what its files were made from; clan notes the hash of it beside them. The hash in the
store is not that of the declared value: the files were made from other inputs, so what is deployed does not fit the
configuration, and \`clan vars check\` fails. The same is so where a \`validation\` was added or removed since.

\`clan vars generate MACHINE\` makes all files of the generator anew, and so does \`clan machines update\`: keys and
passwords in them change.

Reported only if the whole value is known and the same for all machines.

Source: clan-core d7c35d912, modules/clan/export-modules/generic-generator.nix (\`validationHash\`) and
clan_lib/vars/generate.py.`,
  examples: ({ clanWith, EXAMPLE_SECRET, KEYS, linksOf, MAIL }) => {
    const VALIDATED = MAIL.replace('    prompts', '    validation = 1;\n    prompts');
    return {
      bad: [
        {
          title: 'The value was changed since',
          files: {
            ...clanWith(VALIDATED.replace('= 1;\n', '= 1;\n#   ^^^^^^^^^^ store/stale-validation\n')),
            ...KEYS,
            [`${FOLDER}/secret`]: EXAMPLE_SECRET,
            'vars/per-machine/lea/mail/.validation-hash': HASHES.two,
          },
          links: linksOf(FOLDER),
        },
      ],
      good: [
        {
          title: 'Made from the declared value',
          files: {
            ...clanWith(VALIDATED),
            ...KEYS,
            [`${FOLDER}/secret`]: EXAMPLE_SECRET,
            'vars/per-machine/lea/mail/.validation-hash': HASHES.one,
          },
          links: linksOf(FOLDER),
        },
      ],
    };
  },
  check: function* ({ fleet, stored }: CheckContext) {
    for (const { declared, validation, owners } of staleGenerators(fleet, stored()))
      yield reportOf(declared, validation, owners);
  },
};

/** A generator of which something was made from other inputs. */
export interface StaleGenerator {
  readonly declared: SoleDeclaration;
  readonly validation: DeclaredValidation;
  /** Machines whose files are of other inputs; '' for the shared ones. */
  readonly owners: readonly string[];
}

export function* staleGenerators(fleet: Fleet, contents: StoreContents): Iterable<StaleGenerator> {
  if (!fleet.isClan) return;
  for (const one of storedIndex(contents).generators.values()) {
    const declared = soleDeclaration(fleet, one.name);
    const validation = declared === null ? null : validationOf(declared);
    if (declared === null || validation === null) continue;
    const owners = staleIn(declared, one, validation.hash);
    if (owners.length > 0) yield { declared, validation, owners };
  }
}

interface DeclaredValidation {
  /** Null: nothing is validated. */
  readonly hash: string | null;
  readonly at: Report['at'];
}

/** Null where it is not known as a whole, or not the same everywhere. */
function validationOf({ generator, body }: SoleDeclaration): DeclaredValidation | null {
  if (generator.conditional || body.completeness !== 'full') return null;
  const options = body.options().filter(one => one.of === 'generator');
  // Another clan-core may have options that it validates by.
  if (options.some(one => !OPTIONS.generator.has(one.name))) return null;
  const written = options.filter(one => one.name === 'validation');
  const [first, ...others] = written;
  if (first === undefined) {
    const at = generator.definitions.find(one => one.kind === 'full')?.at;
    return body.validation === undefined && at !== undefined ? { hash: null, at } : null;
  }
  const value = plainOf(first);
  if (value === undefined || others.length > 0) return null;
  return { hash: validationHash(value), at: first.at };
}

function plainOf({ conditional, value }: WrittenOption): Validation | null | undefined {
  return conditional ? undefined : plain(value);
}

/** Undefined where a part of it is not known. */
function plain(setting: Setting): Validation | null | undefined {
  if (setting.kind === 'plain') {
    const { value } = setting;
    if (typeof value !== 'number') return value;
    return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  }
  if (setting.kind !== 'set' || !setting.complete) return undefined;
  const entries: [string, Validation][] = [];
  for (const [name, inner] of setting.entries) {
    const value = plain(inner);
    if (value === undefined || value === null) return undefined;
    entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}

/** The machines whose files are of other inputs; '' for the shared ones. */
function staleIn(
  { generator, body }: SoleDeclaration,
  { byOwner, shared, validations }: StoredGenerator,
  hash: string | null,
): string[] {
  const isStale = (owner: string) => {
    const noted = validations.get(owner)?.() ?? null;
    return noted !== hash;
  };
  if (body.share === true) return shared.length > 0 && isStale('') ? [''] : [];
  if (body.share === null) return [];
  return (generator.machines ?? []).filter(name => byOwner.has(name) && isStale(name));
}

function reportOf(
  { generator }: SoleDeclaration,
  { hash, at }: DeclaredValidation,
  stale: readonly string[],
): Report {
  const isShared = stale[0] === '';
  const machines = isShared ? (generator.machines ?? []) : stale;
  const why = hash === null ? 'with a `validation`, and there is none any more' : 'from another `validation`';
  return {
    at,
    machines,
    message: `What is stored of "${generator.name}"${inBrackets(machines)} was made ${why}: \`clan vars check\` fails, and the next run of Varsmith or of clan makes its files anew.`,
  };
}
