/**
 * What the fuzzers begin with: every rule's examples, the example fleets, the mini fleet, and the templates, each as
 * files and links in memory.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { hostOf, PIPELINE } from '../../server/src/checks/examples/pipeline-examples.ts';
import { examplesOf } from '../../server/src/checks/examples/shown-examples.ts';
import type { Example } from '../../server/src/checks/rule.ts';
import { rules } from '../../server/src/checks/rules/index.ts';
import { filledIn, TEMPLATES } from '../../server/src/editor/scaffold/templates.ts';
import { AGENIX, SOPS } from '../editor/secret-fleets.ts';

/** A small repository: texts and links by path, and what git and the file system know of them. */
export interface World extends Pick<Example, 'tracked' | 'executable'> {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, string>>;
}

const ROOT = join(import.meta.dirname, '../..');

/** The text files of a folder of this repository, by their paths below it. */
export function filesBelow(folder: string): Record<string, string> {
  const top = join(ROOT, folder);
  const texts: Record<string, string> = {};
  for (const entry of readdirSync(top, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    texts[relative(top, path)] = readFileSync(path, 'utf8');
  }
  return texts;
}

/** The bad and the good examples of all rules. */
export const exampleWorlds: readonly World[] = rules.flatMap(rule =>
  Object.values(examplesOf(rule))
    .flat()
    .map((example: Example) => ({
      ...example,
      title: `${rule.id}: ${example.title}`,
      links: example.links ?? {},
    })),
);

/** Every template in a machine of its own, beside a registry. */
export const templateWorlds: readonly World[] = TEMPLATES.map(({ label, body }) => ({
  title: label,
  files: {
    ...PIPELINE,
    'lib/machine-env-matrix.nix': '{ lea = [ "anthropic" ]; }\n',
    'machines/lea/configuration.nix': hostOf(
      'lea',
      `  imports = [ { clan.core.vars.generators = {\n${filledIn(body)}\n  }; } ];\n`,
    ),
  },
  links: {},
}));

/** Secrets of sops-nix and agenix in all their places. */
export const secretWorlds: readonly World[] = [
  { title: 'sops-nix', files: SOPS, links: {} },
  { title: 'agenix', files: AGENIX, links: {} },
];
