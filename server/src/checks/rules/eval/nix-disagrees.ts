/** eval/nix-disagrees: a fact that was read otherwise than Nix has it. */

import type {
  NixAnswer,
  NixGenerator,
  WitnessedFact,
  WitnessedSecret,
} from '../../../fleet/model/nix-answer.ts';
import { groupBy, sortedUnique } from '../../../std.ts';
import { keeperName } from '../../facts/sops/sops-versions.ts';
import { quoted } from '../../facts/wording.ts';
import type { Report, Rule } from '../../rule.ts';

export const nixDisagrees: Rule = {
  id: 'eval/nix-disagrees',
  severity: 'info',
  summary: 'A fact that Varsmith reads differently from what Nix evaluates',
  documentation: `\
Varsmith reads the sources itself and reports only what it can prove. If Nix was asked too (\`varsmith check --nix\`)
and its answer about a generator, or about a secret of sops-nix or agenix, differs, Nix is right: all other rules use
its answer. This finding is about a mistake in Varsmith. There is nothing to fix in the fleet.

Please report it. \`varsmith inspect --nix --format json\` lists all such facts in \`nix.witnesses\` and
\`nix.secretWitnesses\`, without the contents of any file. That output and the lines around the place, with private
names replaced, are all we need.`,
  examples: ({ FLAKE_OF_WEB }) => ({
    bad: [
      {
        title: 'A mode that is different in Nix',
        files: {
          'flake.nix': FLAKE_OF_WEB,
          'hosts/web.nix': HOST('# ^^^ eval/nix-disagrees: Nix says "0440"\n'),
        },
        nix: saying('0440'),
      },
    ],
    good: [
      {
        title: 'The same in Varsmith and in Nix',
        files: { 'flake.nix': FLAKE_OF_WEB, 'hosts/web.nix': HOST('') },
        nix: saying('0400'),
      },
    ],
  }),
  check: function* ({ fleet }) {
    // After an edit, what was read is another thing than what Nix was asked about.
    if (fleet.nix === null || fleet.nix.asOf(null) !== null) return;
    const wrong = fleet.nix.facts.filter(({ witness }) => witness === 'contradicted');
    const same = groupBy(wrong, ({ machine, ...fact }) =>
      JSON.stringify([
        fact.generator,
        fact.fact,
        fact.at,
        ...(fact.fact === 'machine' ? [fact.read === null] : [fact.read, fact.nix]),
      ]),
    );
    for (const facts of same.values()) yield reportOf(facts, contradiction);
    const secrets = fleet.nix.secrets.filter(({ witness }) => witness === 'contradicted');
    const sameOfSecrets = groupBy(secrets, ({ keeper, secret, fact, at, read, nix }) =>
      JSON.stringify([keeper, secret, fact, at, ...(fact === 'machine' ? [] : [read, nix])]),
    );
    for (const facts of sameOfSecrets.values()) yield reportOf(facts, contradictionOfSecret);
  },
};

/** @param facts the same fact on one machine or several */
function reportOf<T extends Pick<WitnessedFact, 'at' | 'machine'>>(
  facts: readonly T[],
  saying: (fact: T, where: string) => string,
): Report {
  const [fact] = facts as readonly [T];
  const machines = sortedUnique(facts.map(({ machine }) => machine));
  const where = `on ${machines.length === 1 ? 'machine' : 'machines'} ${quoted(machines)}`;
  return {
    at: fact.at ?? { file: 'flake.nix', start: 0, end: 0 },
    machines,
    message: `${saying(fact, where)} Nix is right, and its answer is used: this is a mistake in Varsmith, please report it.`,
  };
}

function contradiction({ generator, fact, read, nix }: WitnessedFact, where: string): string {
  if (fact === 'machine')
    return read === null
      ? `Nix has the generator "${generator}" ${where}, which Varsmith does not see there.`
      : `Varsmith sees the generator "${generator}" ${where}, where Nix has none.`;
  if (fact === 'script') return `The script of generator "${generator}" ${where} differs in Nix.`;
  return `Of generator "${generator}" ${where}, ${fact}: Varsmith reads ${shown(read)}, Nix says ${shown(nix)}.`;
}

function contradictionOfSecret({ keeper, secret, fact, read, nix }: WitnessedSecret, where: string): string {
  const what = `secret "${secret}" of ${keeperName(keeper)}`;
  return fact === 'machine'
    ? `Varsmith sees the ${what} ${where}, where Nix has none.`
    : `Of the ${what} ${where}, ${fact}: Varsmith reads ${shown(read)}, Nix says ${shown(nix)}.`;
}

function shown(value: unknown): string {
  return value === null ? 'that there is none' : JSON.stringify(value).slice(0, 80);
}

const HOST = (mark: string) => `\
{
  clan.core.vars.generators.token = {
    files.key.mode = "0400";
${mark.replace('# ^^^', '#         ^^^')}    script = "head -c 32 /dev/urandom | base64 > $out/key";
  };
}
`;

/** Returns an answer of Nix in which the file has the mode. */
function saying(mode: string): NixAnswer {
  const file = { secret: true, deploy: true, owner: 'root', group: 'root', neededFor: 'services', mode };
  const token: NixGenerator = {
    ...{
      share: false,
      dependencies: [],
      prompts: new Map(),
      runtimeInputs: [],
      validation: null,
      definedAt: [],
    },
    files: new Map([['key', file]]),
    script: 'head -c 32 /dev/urandom | base64 > $out/key',
  };
  const lists = { generatorNames: ['token'], sops: null, age: null, templates: null, tags: null };
  const machine = { name: 'web', class: 'nixos' as const, milliseconds: 900, isKept: false };
  const facts = { ...lists, hasVars: true, generators: new Map([['token', token]]) };
  return {
    ...{ version: '2.26.3', revision: null, machinesComplete: true, failure: null },
    machines: [{ ...machine, facts, failures: [] }],
  };
}
