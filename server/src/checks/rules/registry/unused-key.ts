/** registry/unused-key: an entry that no machine selects and nothing reads. */

import { suggest } from '../../../edits/suggest.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Unit } from '../../../fleet/model/uses.ts';
import { areIntact, factsOf, lookedUpKeys, type RegistryFacts } from '../../facts/fleet-facts.ts';
import { quoted } from '../../facts/wording.ts';
import type { Report, Rule } from '../../rule.ts';

const MATRIX = `\
{
  emily = [
    "anthropic"
    "gmail"
  ];
}
`;

export const unusedKey: Rule = {
  id: 'registry/unused-key',
  severity: 'hint',
  summary: 'An entry of the registry that no machine selects',
  documentation: `\
No row of the matrix lists the key and no code reads it, so nothing is ever generated for it.

Either the key is missing from a row, or the entry is no longer needed and can be removed. Nothing is reported if a
row or a list of keys is not fully known, or if a module assigns the whole registry (\`keys = null\` or \`[ ]\`).`,
  examples: ({ PIPELINE }) => ({
    bad: [
      {
        title: 'No row has the key',
        files: {
          'lib/secret-registry.nix': PIPELINE['lib/secret-registry.nix']?.replace(
            '  gmail = mkPromptedSecret {',
            '  gmail = mkPromptedSecret {\n# ^^^^^ registry/unused-key: No machine selects the key "gmail".',
          ) as string,
          'lib/machine-env-matrix.nix': '{\n  emily = [ "anthropic" ];\n}\n',
        },
      },
    ],
    good: [
      {
        title: 'A row has it',
        files: { ...PIPELINE, 'lib/machine-env-matrix.nix': MATRIX },
      },
      {
        title: 'A module assigns the whole registry',
        files: {
          'lib/secret-registry.nix': PIPELINE['lib/secret-registry.nix'] as string,
          'lib/machine-env-matrix.nix': '{\n  emily = [ "anthropic" ];\n}\n',
          'lib/vars-generators.nix': `\
{ keys ? null, pkgs }:
let
  registry = import ./secret-registry.nix { inherit pkgs; };
  selected = if keys == null || keys == [ ] then builtins.attrNames registry else keys;
in
builtins.listToAttrs (
  map (key: {
    name = registry.\${key}.generator;
    value = { inherit (registry.\${key}) files prompts script; };
  }) selected
)
`,
          'machines/lea/configuration.nix': `\
{ pkgs, ... }:
let
  varsGenerators = import ../../lib/vars-generators.nix { inherit pkgs; };
in
{
  clan.core.vars.generators = varsGenerators;
}
`,
        },
      },
    ],
  }),
  check: function* ({ fleet, sources }) {
    if (
      !areIntact(
        sources,
        fleet.matrices.flatMap(({ file, at }) => [file, at.file]),
      )
    )
      return;
    for (const registry of factsOf(fleet).registries.values()) yield* unusedOf(fleet, registry);
  },
};

function* unusedOf(fleet: Fleet, facts: RegistryFacts): Iterable<Report> {
  if (facts.matrices.length === 0) return;
  // A matrix without a known registry may belong to this one.
  const matrices = fleet.matrices.filter(
    matrix => matrix.registry === null || facts.matrices.includes(matrix),
  );
  if (matrices.some(matrix => !matrix.closed || matrix.rows.some(row => !row.complete))) return;
  const used = new Set<string>();
  for (const matrix of matrices) for (const row of matrix.rows) for (const { key } of row.keys) used.add(key);
  for (const key of lookedUpKeys(fleet).get(facts.registry.file) ?? []) used.add(key);
  // A misspelt key counts as a use of the intended one; another rule reports the misspelling.
  for (const key of [...used]) if (!facts.byKey.has(key)) used.add(suggest(key, facts.byKey.keys()) ?? key);
  const unused = facts.registry.keys.filter(key => !used.has(key.key));
  if (unused.length === 0) return;
  const assigned = new Set<string>();
  for (const unit of fleet.units.values()) {
    for (const { names } of unit.assignments) {
      if (names === null && !hasBrokenRow(facts, unit)) return;
      for (const name of names ?? []) assigned.add(name);
    }
  }
  const files = quoted(facts.matrices.map(matrix => matrix.file)).replaceAll('"', '');
  for (const key of unused) {
    if (key.generator === null || assigned.has(key.generator.value)) continue;
    yield {
      at: key.at,
      message: `No machine selects the key "${key.key}". Add it to a row of ${files}, or remove the entry.`,
      unnecessary: true,
    };
  }
}

/**
 * Returns whether a module's generators are unknown because it reads a missing row, or one with unknown keys.
 */
function hasBrokenRow(facts: RegistryFacts, unit: Unit): boolean {
  return unit.rowReads.some(read => {
    const matrix = facts.matrices.find(candidate => candidate.file === read.matrix);
    const row = matrix?.rows.find(matrixRow => matrixRow.machine === read.machine);
    return matrix !== undefined && (row === undefined || row.keys.some(({ key }) => !facts.byKey.has(key)));
  });
}
