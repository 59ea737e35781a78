/**
 * The catalogue against clan-core itself: what our own model reads in a checkout, service by service. The checkout
 * is named by VARSMITH_CLAN_CORE and should be at the commit that the data names.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFleetBuilder } from '../../server/src/fleet/assembly/builder.ts';
import { CATALOGUE, CLAN_CORE_COMMIT } from '../../server/src/fleet/catalogue/catalogue-data.ts';
import type { GeneratorDefinition } from '../../server/src/fleet/model/generators.ts';
import { createParser } from '../../server/src/nix/parse/parse.ts';
import { createFiles } from '../../server/src/workspace/files/files.ts';

const checkout = process.env.VARSMITH_CLAN_CORE ?? '';
const isThere = checkout !== '' && existsSync(join(checkout, 'clanServices'));

/** Names as both sides have them: a hole is a star. */
const starred = (name: string) => name.replace(/<\w+>|\$\{[^}]*\}/g, '*');

/** Of these our reading leaves `share` open: a set with names that it does not know is joined to theirs with `//`. */
const SHARE_LEFT_OPEN = ['matrix-synapse'];

interface Facts {
  readonly share: unknown;
  readonly files: readonly string[];
  readonly prompts: readonly string[];
  readonly dependencies: readonly string[];
}

function catalogued(): Map<string, Facts> {
  return new Map(
    CATALOGUE.map(entry => [
      keyOf(
        entry.source,
        entry.name,
        entry.files.map(file => file.name),
      ),
      {
        share: typeof entry.share === 'boolean' && !SHARE_LEFT_OPEN.includes(entry.name) ? entry.share : null,
        files: entry.files
          .map(file =>
            [
              starred(file.name),
              file.secretBy === undefined ? file.secret : null,
              file.deploy,
              file.neededFor,
            ].join(' '),
          )
          .sort(),
        prompts: entry.prompts.map(starred).sort(),
        dependencies: entry.dependencies.map(starred).sort(),
      },
    ]),
  );
}

/** Two declarations of one name in one file are told apart by their files. */
function keyOf(source: string, name: string, files: readonly string[]): string {
  return `${source}: ${starred(name)} (${files.map(starred).sort().join(', ')})`;
}

function factsOf(definition: GeneratorDefinition): Facts {
  const body = definition.body();
  return {
    share: body.share,
    files: body.files
      .map(file => [starred(file.name), file.secret, file.deploy, file.neededFor].join(' '))
      .sort(),
    prompts: body.prompts.map(prompt => starred(prompt.name)).sort(),
    dependencies: body.dependencies.map(dependency => starred(dependency.value)).sort(),
  };
}

async function declaredDefinitions(): Promise<Map<string, GeneratorDefinition>> {
  const parser = await createParser();
  const files = createFiles({
    root: checkout,
    parse: text => parser.parse(text),
    excluded: () => false,
    search: true,
  });
  const { units } = createFleetBuilder(files, {
    isRegistryFile: () => false,
    isMatrixFile: () => false,
  }).build();
  const found = new Map<string, GeneratorDefinition>();
  for (const { file, definitions } of units.values()) {
    if (
      !/^(clanServices|nixosModules\/clanCore)\//.test(file) ||
      /\/(eval-)?tests?\/|\/tests\.nix$/.test(file)
    )
      continue;
    for (const definition of definitions) {
      if (starred(definition.name) === '*') continue;
      found.set(
        keyOf(
          file,
          definition.name,
          definition.body().files.map(one => one.name),
        ),
        definition,
      );
    }
  }
  return found;
}

// An extra: it needs a checkout that the project does not have.
if (!isThere)
  console.info('The catalogue is not compared with clan-core: VARSMITH_CLAN_CORE names no checkout.');

describe('the catalogue', () => {
  it('names the commit that it describes, and each generator of a service once', () => {
    expect(CLAN_CORE_COMMIT).toMatch(/^[0-9a-f]{7,40}$/);
    const names = CATALOGUE.map(entry => `${entry.service} ${entry.roles.join()} ${entry.name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

if (isThere)
  describe(`the catalogue of clan-core ${CLAN_CORE_COMMIT}`, () => {
    it('has every generator that clan-core declares, as it declares it', async () => {
      const declared = await declaredDefinitions();
      const data = catalogued();
      expect([...declared.keys()].sort()).toEqual([...data.keys()].sort());
      for (const [key, definition] of declared)
        expect({ key, ...factsOf(definition) }).toEqual({ key, ...data.get(key) });
    });

    it('knows the tools of every generator', async () => {
      for (const [key, definition] of await declaredDefinitions()) {
        const entry = CATALOGUE.find(
          one =>
            keyOf(
              one.source,
              one.name,
              one.files.map(file => file.name),
            ) === key,
        );
        // A package that an option gives is known under another name here.
        const named = definition.body().runtimeInputs.filter(tool => !tool.includes('.'));
        expect({ key, tools: entry?.tools.filter(tool => named.includes(tool)) }).toEqual({
          key,
          tools: named,
        });
      }
    });
  });

describe('the data', () => {
  it('names holes in files, prompts and dependencies only if the service can fill them', () => {
    for (const { name, each, files, prompts, dependencies } of CATALOGUE) {
      const known = ['inst', 'machine', 'controller'];
      if (each?.kind === 'fields') known.push(...each.holes);
      else if (each !== undefined) known.push(each.hole);
      const used = [name, ...files.map(file => file.name), ...prompts, ...dependencies].flatMap(text =>
        [...text.matchAll(/<(\w+)>/g)].map(match => match[1]),
      );
      expect({ name, unknown: used.filter(hole => !known.includes(hole ?? '')) }).toEqual({
        name,
        unknown: [],
      });
    }
  });

  it('has every dependency of a generator as a generator', () => {
    const names = new Set(CATALOGUE.map(entry => starred(entry.name)));
    const needed = CATALOGUE.flatMap(entry => entry.dependencies.map(starred));
    expect(needed.filter(name => !names.has(name))).toEqual([]);
  });
});
