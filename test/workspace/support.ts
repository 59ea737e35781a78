// What the tests of workspaces, of the server and of the command line share: folders made for one test, and a
// small analysis whose findings a test can write down: `bad` is an error wherever it stands, `needs-x` unless some
// file says `gives-x`.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createMemory } from '../../server/src/checks/memory/memory.ts';
import type { Finding, Rule } from '../../server/src/checks/rule.ts';
import type { FleetFiles } from '../../server/src/fleet/assembly/builder.ts';
import type { Fleet } from '../../server/src/fleet/model/fleet.ts';
import { NO_FLEET_OPTIONS } from '../../server/src/fleet/options/joined.ts';
import { createParser } from '../../server/src/nix/parse/parse.ts';
import type { Engine } from '../../server/src/workspace/engine.ts';
import { createWorkspace, type Workspace } from '../../server/src/workspace/workspace.ts';

const parser = await createParser();

/** A folder that is removed after the test. Paths use `/`. */
export function folder(files: Readonly<Record<string, string | Buffer>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'varsmith-test-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) write(root, path, content);
  return root;
}

export function write(root: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

export const EMPTY_FLEET: Fleet = {
  machines: [],
  machinesComplete: false,
  homes: [],
  machineFacts: [],
  isClan: false,
  replacesConfig: false,
  mayGivePackages: false,
  lateArguments: [],
  directory: '',
  inventory: {
    instances: [],
    complete: false,
    machines: [],
    tagged: () => null,
    tagNames: [],
    tagLists: [],
    options: [],
    optionsComplete: false,
    domain: null,
    certainlyTagged: () => new Set(),
    possiblyTagged: () => null,
    machine: () => null,
  },
  serviceModules: [],
  exports: [],
  serviceModulesComplete: false,
  registries: [],
  matrices: [],
  generators: [],
  hasAllGenerators: () => false,
  modules: new Map(),
  clanGenerators: [],
  secrets: [],
  machineSecrets: new Map(),
  reached: new Map(),
  storeSettings: { all: [], clan: null, likely: null, of: () => null },
  options: NO_FLEET_OPTIONS,
  clanSettings: [],
  accessSettings: [],
  removed: [],
  faults: [],
  namedBy: () => [],
  units: new Map(),
  notAnalysable: [],
  nix: null,
};

export interface SmallEngine extends Engine {
  /** How often a fleet was built. */
  readonly builds: () => number;
  /** Paths that builders were told of, in order. */
  readonly changes: readonly string[];
  /** Makes every further build fail. */
  breakDown(message: string | null): void;
}

function ruleNamed(id: string): Rule {
  return {
    id,
    severity: 'error',
    summary: '',
    documentation: '',
    examples: () => ({ bad: [], good: [] }),
    check: () => [],
  };
}

export function smallEngine(): SmallEngine {
  const changes: string[] = [];
  const filesOf = new WeakMap<Fleet, FleetFiles>();
  let builds = 0;
  let broken: string | null = null;
  return {
    parse: text => parser.parse(text),
    rules: [ruleNamed('test/bad'), ruleNamed('test/needs')],
    changes,
    builds: () => builds,
    backendOf: () => null,
    createMemory,
    breakDown(message) {
      broken = message;
    },
    createFleetBuilder(files) {
      const build = () => {
        builds++;
        if (broken !== null) throw new Error(broken);
        const fleet = { ...EMPTY_FLEET };
        filesOf.set(fleet, files);
        return fleet;
      };
      return {
        changed: paths => void changes.push(...paths),
        build,
        *building() {
          yield;
          return build();
        },
        registries: () => null,
        evict() {},
      };
    },
    checkEarly: () => [],
    *check(fleet, _sources, { severities, isExcluded }) {
      const files = filesOf.get(fleet) as FleetFiles;
      yield;
      return [...wordsIn(files)].flatMap(finding =>
        severities[finding.rule] === 'off' || isExcluded?.(finding.rule, finding.at.file)
          ? []
          : [{ ...finding, severity: severities[finding.rule] || 'error' }],
      ) as Finding[];
    },
    silence: ({ rule, at }) => [
      {
        title: `Ignore ${rule} here`,
        edits: [{ file: at.file, start: 0, end: 0, text: `# varsmith: ignore ${rule}\n` }],
        preferred: false,
      },
    ],
  };
}

function* wordsIn(files: FleetFiles): Iterable<Omit<Finding, 'severity'>> {
  const texts = [...files.nixFiles()].sort().map(file => ({ file, text: files.text(file) ?? '' }));
  const given = new Set(
    texts.flatMap(({ text }) => [...text.matchAll(/gives-(\w+)/g)].map(match => match[1])),
  );
  for (const { file, text } of texts) {
    for (const match of text.matchAll(/\bbad\b|needs-(\w+)/g)) {
      if (match[1] !== undefined && given.has(match[1])) continue;
      const at = { file, start: match.index, end: match.index + match[0].length };
      const fix = { title: 'Replace with `good`', edits: [{ ...at, text: 'good' }], preferred: true };
      yield {
        rule: match[1] === undefined ? 'test/bad' : 'test/needs',
        message: match[1] === undefined ? 'This is bad.' : `Nobody gives "${match[1]}".`,
        at,
        machines: [],
        related: [],
        fixes: [fix],
      };
    }
  }
}

/** A workspace over the small analysis. */
export function smallWorkspace(
  root: string,
  engine: Engine = smallEngine(),
  options: { readonly configuration?: unknown; readonly foreign?: readonly string[] } = {},
): Workspace {
  return createWorkspace({ root, engine, ...options });
}

/** `file: message` of all findings. */
export function findingsOf(workspace: Workspace): string[] {
  return [...workspace.snapshot().findings.values()]
    .flat()
    .map(({ at, message }) => `${at.file}: ${message}`);
}
