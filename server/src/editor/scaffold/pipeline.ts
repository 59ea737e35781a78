/**
 * Plans the files of a registry pipeline in a repository. Existing files are kept whatever they contain, so
 * running it again changes nothing. Writes nothing itself.
 */
import { attributeText } from '../../edits/edits.ts';
import { below } from '../../store/vars/files.ts';
import { readSessionSpec } from '../environment/session-steps.ts';
import { machineNameProblem } from '../names/machine-name.ts';
import type { Snapshot } from '../snapshot.ts';
import { clanName, flakeNix, gitAttributes } from './pipeline-flake.ts';
import { GENERATORS_NIX, SECRETS_NIX } from './pipeline-functions.ts';
import { machineNix, matrixNix, REGISTRY_NIX } from './pipeline-registry.ts';
import { HJEM_NIX, HOME_NIX, RENDER_NIX, SESSION_NIX, specNix, VARIABLES_NIX } from './pipeline-session.ts';

const REGISTRY_PATH = 'lib/secret-registry.nix';
const MATRIX_PATH = 'lib/machine-env-matrix.nix';
const FLAKE_PATH = 'flake.nix';

export interface PipelineOptions {
  /** The name of the fleet's folder, which becomes the name of a new clan. */
  readonly folder: string;
  /** The example machine, if the fleet has none yet. */
  readonly machine: string;
  /** In Nix's notation: `x86_64-linux`. */
  readonly system: string;
}

interface NewFile {
  /** Relative to the root. */
  readonly path: string;
  readonly text: string;
}

export interface Pipeline {
  /** Files to create. */
  readonly created: readonly NewFile[];
  /** Paths of existing files. */
  readonly kept: readonly string[];
  /** Sentences about files that are not written, and why. */
  readonly left: readonly string[];
  /** Sentences about what is left to the user. */
  readonly next: readonly string[];
}

/** The advice if git does not track the new files. */
export const TELL_GIT = 'Add the new files to git (`git add`): a flake sees only tracked files.';

export const SYSTEMS = ['x86_64-linux', 'aarch64-linux', 'aarch64-darwin', 'x86_64-darwin'] as const;

/** Returns the files of the pipeline, or the reason why it cannot be created. */
export function layPipeline(
  { fleet, files }: Pick<Snapshot, 'fleet' | 'files'>,
  options: PipelineOptions,
): Pipeline | { readonly refused: string } {
  const problem = machineNameProblem(options.machine);
  if (problem !== null) return { refused: problem };
  const elsewhere = fleet.registries.find(({ file }) => file !== REGISTRY_PATH);
  if (elsewhere !== undefined && files.kind(REGISTRY_PATH) === null) {
    return {
      refused: `This fleet already has a registry: ${elsewhere.file}. A second one would conflict with it.`,
    };
  }
  const machineNames = fleet.machines.map(({ name }) => name).filter(name => name !== options.machine);
  const machines = machineNames.length > 0 ? machineNames : [options.machine];
  // The examples use keys of the new registry.
  const hasExamples = files.kind(REGISTRY_PATH) === null;
  // Do not add an example machine to a fleet with machines, because clan would treat it as real.
  const directory = fleet.directory ?? '';
  const example = machineNames.length === 0 ? [exampleMachine(options, directory)] : [];
  // A clan that is declared without a flake does not get one.
  const isFlake = !fleet.isClan || files.kind(FLAKE_PATH) !== null;
  const { machine, system } = options;
  const flake = { path: FLAKE_PATH, text: flakeNix(clanName(options.folder), machine, system), needs: [] };
  const wanted: readonly WantedFile[] = [
    { path: REGISTRY_PATH, text: REGISTRY_NIX, needs: [] },
    { path: MATRIX_PATH, text: matrixNix(machines, hasExamples), needs: [] },
    { path: SPEC_PATH, text: specNix(hasExamples ? (machines[0] ?? null) : null), needs: [] },
    ...FUNCTIONS,
    ...example,
    ...(machineNames.length === 0 && isFlake ? [flake] : []),
    { path: '.gitattributes', text: gitAttributes(directory), needs: [] },
  ];
  const isThere = ({ path }: NewFile) => files.kind(path) !== null;
  const foreign = FUNCTIONS.filter(file => isThere(file) && files.text(file.path) !== file.text);
  const isForeign = (path: string) =>
    path === SPEC_PATH
      ? files.kind(path) !== null && readSessionSpec(files, path) === null
      : foreign.some(file => file.path === path);
  const missing = wanted.filter(file => !isThere(file));
  const left = missing.flatMap(file => {
    const other = file.needs.find(isForeign);
    return other === undefined ? [] : [{ path: file.path, other }];
  });
  const isLeftOut = (file: WantedFile) => left.some(({ path }) => path === file.path);
  const inUse = new Set(
    wanted.filter(file => !isLeftOut(file) && !foreign.includes(file)).flatMap(({ needs }) => needs),
  );
  const created = missing.filter(
    file => !isLeftOut(file) && (file.isHelper !== true || inUse.has(file.path)),
  );
  const kept = wanted.filter(isThere).map(({ path }) => path);
  return {
    created: created.map(({ path, text }) => ({ path, text })),
    kept,
    left: left.map(leftText),
    next: nextSteps(fleet, created, machineNames),
  };
}

function leftText({ path, other }: { readonly path: string; readonly other: string }): string {
  return other === SPEC_PATH
    ? `${path} is left out: it would need ${other} to be a set of steps, \`shared\` and \`machines\`.`
    : `${path} is left out: it would need ${other} as Varsmith writes it.`;
}

/** A file with the paths of files that it requires exactly as written here. */
interface WantedFile extends NewFile {
  readonly needs: readonly string[];
  /** True if it is only created for files that require it. */
  readonly isHelper?: boolean;
}

const GENERATORS_PATH = 'lib/vars-generators.nix';
/** The user creates this file from an example. */
const SPEC_PATH = 'lib/session-vars-spec.nix';
const VARIABLES_PATH = 'lib/session-vars.nix';
const RENDER_PATH = 'lib/session-vars-render.nix';
const SESSION_PATH = 'lib/machine-session.nix';

const SESSION_NEEDS: readonly string[] = [SPEC_PATH, VARIABLES_PATH, RENDER_PATH];

const FUNCTIONS: readonly WantedFile[] = [
  { path: GENERATORS_PATH, text: GENERATORS_NIX, needs: [] },
  { path: VARIABLES_PATH, text: VARIABLES_NIX, needs: [], isHelper: true },
  { path: RENDER_PATH, text: RENDER_NIX, needs: [], isHelper: true },
  { path: SESSION_PATH, text: SESSION_NIX, needs: SESSION_NEEDS },
  { path: 'lib/secrets.nix', text: SECRETS_NIX, needs: [] },
  { path: 'lib/hjem-session-variables.nix', text: HJEM_NIX, needs: [SESSION_PATH, ...SESSION_NEEDS] },
  { path: 'lib/home-session-variables.nix', text: HOME_NIX, needs: [SESSION_PATH, ...SESSION_NEEDS] },
];

function exampleMachine({ machine, system }: PipelineOptions, directory: string): WantedFile {
  const folder = below(directory, `machines/${machine}`);
  return {
    path: `${folder}/configuration.nix`,
    text: machineNix(machine, system, folder.replace(/[^/]+/g, '..')),
    needs: [GENERATORS_PATH, SESSION_PATH, ...SESSION_NEEDS],
  };
}

function nextSteps(
  fleet: Snapshot['fleet'],
  created: readonly NewFile[],
  machineNames: readonly string[],
): readonly string[] {
  if (created.length === 0) return [];
  const isNew = (path: string) => created.some(file => file.path === path);
  const steps: string[] = [];
  if (!fleet.isClan && machineNames.length === 0 && !isNew(FLAKE_PATH)) {
    steps.push('flake.nix declares no clan yet: declare one there, with the machine in its inventory.');
  }
  if (isNew(REGISTRY_PATH)) {
    steps.push(
      `Replace the examples in ${REGISTRY_PATH} with your own secrets, and their keys in ${MATRIX_PATH} and ${SPEC_PATH} accordingly.`,
    );
  }
  if (machineNames.length > 0 && (isNew(MATRIX_PATH) || isNew(GENERATORS_PATH))) {
    steps.push(
      `Let each machine take its row, in the body of its module, with the paths as they are from there: clan.core.vars.generators = import ./lib/vars-generators.nix { keys = (import ./${MATRIX_PATH}).${attributeText(machineNames[0] ?? '')}; inherit pkgs; };`,
    );
  }
  return steps;
}
