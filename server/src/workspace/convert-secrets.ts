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
import type { SecretChange } from '../generate/backends/secret-backend.ts';
import { withRemoved } from '../generate/backends/sops-files.ts';
import { type KeptPlace, keptValues } from '../generate/repository/kept-values.ts';
import { type NewValue, sealedAnew } from '../generate/repository/new-values.ts';
import type { Unchanged } from '../generate/repository/session.ts';
import { situationOf } from '../generate/repository/situation.ts';
import type { EditedFile } from '../generate/repository/sources.ts';
import type { RunEnvironment } from '../generate/run-environment.ts';
import { type OpenedConversion, openValues, placesIn } from './convert-values.ts';
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
  let chosen = await openValues(conversions, values, kept, wish.skipsUnreadable ? unreadable : null);
  for (;;) {
    const modules = rewritten(before, chosen);
    for (const { path, after } of modules) workspace.open(path, after ?? '');
    const situation = await situationOf(workspace.fleet(), environment);
    const location = await placesIn(
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

function isOf(kept: Kept, { keeper, name }: Conversion): boolean {
  return kept.keeper === keeper && kept.name === name;
}

function* textsOf({ files }: Workspace): Iterable<readonly [string, string]> {
  for (const path of files.nixFiles()) {
    const text = files.text(path);
    if (text !== null) yield [path, text];
  }
}

/** Returns the modules with generators in place of the secrets. */
function rewritten(
  around: { readonly fleet: ReturnType<Workspace['fleet']>; readonly files: Workspace['files'] },
  chosen: readonly OpenedConversion[],
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

async function finish(
  workspace: Workspace,
  environment: RunEnvironment,
  keys: Keys,
  { keepsOld }: ConversionOptions,
  located: {
    readonly places: ReadonlyMap<OpenedConversion, readonly NewValue[]>;
    readonly chosen: readonly OpenedConversion[];
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
