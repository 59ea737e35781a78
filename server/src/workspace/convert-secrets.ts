/**
 * Converts secrets of sops-nix and agenix into vars with their values, as a single set of changes: edits modules,
 * encrypts values for the machines that declare them after the edit, and removes old entries. Everything is tried in
 * memory first; secrets that the edited fleet would not certainly have are left alone. Applies nothing.
 */

import { leftoversOf } from '../editor/convert/leftovers.ts';
import {
  type Conversion,
  type ConversionChoices,
  conversionsIn,
  type Kept,
  type Verdict,
} from '../editor/convert/plan.ts';
import { bodyLines, declaredAnew } from '../editor/convert/to-generator.ts';
import { fleetSecrets } from '../editor/scaffold/fleet-secrets.ts';
import { editedFiles } from '../editor/scaffold/scaffold.ts';
import { intoModule } from '../editor/scaffold/scaffold-module.ts';
import type { TextEdit } from '../edits/text-edit.ts';
import type { Keys } from '../generate/backends/keys.ts';
import { openSecretBackend } from '../generate/backends/open-backend.ts';
import { placesOf, type SecretBackend, type SecretChange } from '../generate/backends/secret-backend.ts';
import { withRemoved } from '../generate/backends/sops-files.ts';
import { type Generator, joinGenerators } from '../generate/plan/generators.ts';
import { type KeptPlace, type KeptValues, keptValues } from '../generate/repository/kept-values.ts';
import { type NewValue, sealedAnew } from '../generate/repository/new-values.ts';
import type { Unchanged } from '../generate/repository/session.ts';
import { type Situation, situationOf } from '../generate/repository/situation.ts';
import type { EditedFile } from '../generate/repository/sources.ts';
import type { RunEnvironment } from '../generate/run-environment.ts';
import { HostFailure } from '../host/host-failure.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { Workspace } from './workspace.ts';

export interface ConversionOptions {
  /** Selects the verdicts to carry out; the others are ignored. */
  readonly about: (verdict: Verdict) => boolean;
  /** Names for the generators, by the names of the secrets. */
  readonly names: ReadonlyMap<string, string>;
  /** True if the old values are kept in their files. */
  readonly keepsOld: boolean;
  /** True if secrets that cannot be decrypted are skipped. */
  readonly skipsUnreadable: boolean;
}

/** A value and the machines that it is stored for. */
interface Stored {
  /** `shared/<generator>` or `per-machine/<machine>/<generator>`. */
  readonly key: string;
  readonly machines: readonly string[];
  readonly from: KeptPlace;
}

interface Converted {
  readonly conversion: Conversion;
  readonly stored: readonly Stored[];
}

export interface Rehearsal {
  readonly converted: readonly Converted[];
  /** Selected secrets that cannot be converted. */
  readonly kept: readonly Kept[];
  /** The encrypted files that could not be decrypted, sorted. The reasons are in `kept`. */
  readonly unreadable: readonly string[];
  /** Modules with their new texts. */
  readonly modules: readonly EditedFile[];
  /** Encrypted files with their new texts. */
  readonly encrypted: readonly EditedFile[];
  /** Removed files that are not text, such as those of agenix. */
  readonly removed: readonly string[];
  /** Machines without a key, which get one. */
  readonly newKeys: readonly string[];
  /** Changes for keys and values, and the removal of files in their way. */
  readonly changes: readonly SecretChange[];
  /** The files from which values were read. */
  readonly read: readonly Unchanged[];
  readonly notes: readonly string[];
}

interface Chosen {
  readonly conversion: Conversion;
  /** In the order of the secret's definitions. */
  readonly values: readonly Buffer[];
}

/**
 * Computes the changes of a conversion. Afterwards the workspace has the new texts of the modules as open documents.
 * @throws StoreFailure, HostFailure if a value cannot be decrypted or stored
 */
export async function rehearseConversion(
  workspace: Workspace,
  environment: RunEnvironment,
  keys: Keys,
  wish: ConversionOptions,
): Promise<Rehearsal> {
  const { files } = workspace;
  const before = { fleet: workspace.fleet(), files };
  const texts = textsOf(workspace);
  const wanted: ConversionChoices = { names: wish.names, texts };
  const verdicts = conversionsIn(before, fleetSecrets(before), wanted).filter(wish.about);
  const kept = verdicts.flatMap(verdict => ('kept' in verdict ? [verdict.kept] : []));
  const values = keptValues(environment, keys);
  const conversions = verdicts.flatMap(verdict => ('conversion' in verdict ? [verdict.conversion] : []));
  const unreadable = new Set<string>();
  let chosen = await withValues(conversions, values, kept, wish.skipsUnreadable ? unreadable : null);
  for (;;) {
    const modules = rewritten(before, chosen);
    for (const { path, after } of modules) workspace.open(path, after ?? '');
    const situation = await situationOf(workspace.fleet(), environment);
    const location = await placed(
      chosen,
      situation,
      await openSecretBackend(environment, workspace.fleet(), situation.backend),
    );
    if (location.kept.length === 0) {
      const rest = await finish(workspace, environment, keys, wish, { ...location, chosen, modules });
      return { ...rest, kept, unreadable: [...unreadable].sort(), read: values.read() };
    }
    kept.push(...location.kept);
    // Leaving out one secret may change how the others are evaluated, so they are tried again.
    for (const { path } of modules) workspace.close(path);
    chosen = chosen.filter(candidate => !location.kept.some(other => isOf(other, candidate.conversion)));
  }
}

function keptAs({ keeper, name, machines, paths }: Conversion, problem: string): Kept {
  return { keeper, name, machines, paths, reason: `"${name}" ${problem}.` };
}

function isOf(kept: Kept, { keeper, name }: Conversion): boolean {
  return kept.keeper === keeper && kept.name === name;
}

function* textsOf({ files }: Workspace): Iterable<readonly [string, string]> {
  for (const path of files.nixFiles()) {
    const text = files.text(path);
    if (text !== null) yield [path, text];
  }
}

/**
 * Reads the values of the secrets.
 * @param kept receives secrets whose values cannot be prompts, or cannot be decrypted
 * @param unreadable receives the files that cannot be decrypted, or is `null` to fail on the first one
 * @throws StoreFailure, HostFailure; also if nothing at all can be decrypted
 */
async function withValues(
  conversions: readonly Conversion[],
  values: KeptValues,
  kept: Kept[],
  unreadable: Set<string> | null,
): Promise<Chosen[]> {
  const chosen: Chosen[] = [];
  const closed: { readonly conversion: Conversion; readonly path: string; readonly failure: Error }[] = [];
  for (const conversion of conversions) {
    const { definitions } = conversion;
    const opened = await Promise.all(
      definitions.map(async ({ source }) =>
        values.open(source).catch(failure => {
          if (!(failure instanceof StoreFailure || failure instanceof HostFailure)) throw failure;
          return { failure, path: source.path };
        }),
      ),
    );
    const failed = opened.find(value => typeof value === 'object' && 'failure' in value);
    const problem = opened.find(value => typeof value === 'string');
    if (failed !== undefined) closed.push({ conversion, ...failed });
    else if (problem !== undefined) kept.push(keptAs(conversion, problem));
    else chosen.push({ conversion, values: opened.filter(value => Buffer.isBuffer(value)) });
  }
  const [first] = closed;
  // A missing key affects all files, so it is an error.
  if (first !== undefined && (unreadable === null || chosen.length === 0)) throw first.failure;
  for (const { conversion, path, failure } of closed) {
    unreadable?.add(path);
    kept.push(keptAs(conversion, `cannot be read: ${failure.message.replace(/\.$/, '')}`));
  }
  return chosen;
}

/** Returns the modules with generators in place of the secrets. */
function rewritten(
  around: { readonly fleet: ReturnType<Workspace['fleet']>; readonly files: Workspace['files'] },
  chosen: readonly Chosen[],
): EditedFile[] {
  const byFile = new Map<string, Parameters<typeof declaredAnew>[0][number][]>();
  const added = new Map<string, { readonly name: string; readonly lines: readonly string[] }[]>();
  const edits: TextEdit[] = [];
  for (const { conversion, values } of chosen) {
    const { generator, share, definitions, uses } = conversion;
    edits.push(...uses);
    for (const [i, { written, module }] of definitions.entries()) {
      const anew = { name: generator, share, multiline: values[i]?.includes('\n') === true };
      if (written === null)
        added.set(module, [...(added.get(module) ?? []), { name: generator, lines: bodyLines(anew) }]);
      else byFile.set(module, [...(byFile.get(module) ?? []), { written, generator: anew }]);
    }
  }
  for (const [module, bindings] of added) {
    const source = around.files.parse(module);
    const insertion = source === null ? null : intoModule(source, bindings, true);
    if (insertion !== null && 'edits' in insertion) edits.push(...insertion.edits);
  }
  for (const secrets of byFile.values()) edits.push(...(declaredAnew(secrets) ?? []));
  // A use in a module that reads several secrets may be found once for each.
  const distinct = [...new Map(edits.map(edit => [JSON.stringify(edit), edit])).values()];
  return editedFiles(around, distinct);
}

/** Returns the places of the values in the edited fleet. Reports values without a certain place. */
async function placed(
  chosen: readonly Chosen[],
  { declared, stored }: Situation,
  secretBackend: SecretBackend,
): Promise<{
  readonly places: ReadonlyMap<Chosen, readonly NewValue[]>;
  readonly kept: readonly Kept[];
}> {
  const { all } = joinGenerators(declared.declarations);
  const places = new Map<Chosen, readonly NewValue[]>();
  const kept: Kept[] = [];
  for (const candidate of chosen) {
    const { generator: name } = candidate.conversion;
    const sameName = [...all.values()].filter(generator => generator.name === name);
    const newValues = placesFor(candidate, sameName);
    if (typeof newValues === 'string') {
      kept.push(keptAs(candidate.conversion, newValues));
      continue;
    }
    const there = newValues.filter(({ generator }) => stored.has(generator.key, name, true));
    const other = await firstDiffering(there, secretBackend);
    if (other === null) places.set(candidate, newValues);
    else
      kept.push(
        keptAs(
          candidate.conversion,
          `would be stored as ${other}/${name}, where another value is stored already`,
        ),
      );
  }
  return { places, kept };
}

/**
 * Returns the key of the first generator that already has a different or unreadable value, or `null` if there is
 * none. An interrupted run may already have stored the same value in a store outside the repository.
 */
async function firstDiffering(
  places: readonly NewValue[],
  secretBackend: SecretBackend,
): Promise<string | null> {
  for (const { generator, value } of places)
    for (const place of placesOf(generator)) {
      // A value that cannot be decrypted must not be replaced.
      const opened = await secretBackend.open(place).catch(() => null);
      if (opened === null || !opened.equals(value)) return generator.key;
    }
  return null;
}

function placesFor(
  { conversion, values }: Chosen,
  sameName: readonly Generator[],
): readonly NewValue[] | string {
  const { generator: name, share, definitions } = conversion;
  const places: NewValue[] = [];
  for (const generator of sameName) {
    const [file, ...others] = generator.files;
    const isKnown = generator.unknown.length === 0 && (generator.machine === null) === share;
    if (!isKnown || file?.name !== name || !file.secret || others.length > 0)
      return `would become a generator of which only Nix can tell what it is`;
    const index = definitions.findIndex(definition =>
      generator.machines.some(machine => definition.machines.includes(machine)),
    );
    const definition = definitions[index];
    const value = values[index];
    if (definition === undefined || value === undefined)
      return `would also become a var of machine ${generator.machines.join(', ')}, which is not known to have it`;
    places.push({ generator, value, from: definition.source });
  }
  const having = new Set(sameName.flatMap(generator => generator.machines));
  for (const { conditional, machines } of definitions) {
    const lacking = machines.filter(machine => !having.has(machine));
    // Under a condition, the machine decides.
    if (!conditional && lacking.length > 0)
      return `would not certainly become a var of machine ${lacking.join(', ')}`;
    if (lacking.length === machines.length)
      return 'is declared under a condition, and only Nix can tell for which machines it holds';
  }
  return places;
}

async function finish(
  workspace: Workspace,
  environment: RunEnvironment,
  keys: Keys,
  { keepsOld }: ConversionOptions,
  located: {
    readonly places: ReadonlyMap<Chosen, readonly NewValue[]>;
    readonly chosen: readonly Chosen[];
    readonly modules: readonly EditedFile[];
  },
): Promise<Omit<Rehearsal, 'kept' | 'unreadable' | 'read'>> {
  const { files } = workspace;
  const { places, chosen } = located;
  const fleet = workspace.fleet();
  const after = { fleet, files };
  const values = [...places.values()]
    .flat()
    .map(({ from, generator }) => ({ source: from, machines: generator.machines }));
  const left = keepsOld
    ? { values: [], files: [], edits: [], notes: [] }
    : leftoversOf(after, fleetSecrets(after), values);
  const encrypted: EditedFile[] = [];
  for (const { path, format, names } of left.values) {
    const text = files.text(path) ?? '';
    const without = await withRemoved({ path, format }, text, keys, names, environment);
    encrypted.push({ path, before: text, after: without });
  }
  const all = [...places.values()].flat();
  const { changes, newKeys } = await sealedAnew(environment, fleet, all);
  return {
    converted: chosen.map(candidate => ({
      conversion: candidate.conversion,
      stored: (places.get(candidate) ?? []).map(({ generator: { key, machines }, from }) => ({
        key,
        machines,
        from,
      })),
    })),
    modules: withLastEdits(workspace, located.modules, left.edits),
    encrypted,
    removed: left.files,
    newKeys,
    changes,
    notes: left.notes,
  };
}

/** Adds edits to texts that have already been edited. */
function withLastEdits(
  { fleet, files }: Workspace,
  modules: readonly EditedFile[],
  edits: readonly TextEdit[],
): EditedFile[] {
  const last = new Map(
    editedFiles({ fleet: fleet(), files }, edits).map(editedFile => [editedFile.path, editedFile]),
  );
  const current = modules.map(module => ({ ...module, after: last.get(module.path)?.after ?? module.after }));
  const paths = new Set(modules.map(module => module.path));
  return [...current, ...[...last.values()].filter(module => !paths.has(module.path))];
}
