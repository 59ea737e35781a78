/** The state of reading one file as a unit, which the walk over the file fills. */
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Trace } from '../../nix/eval/selection.ts';
import type { AttrsValue, Lazy, Origin, Scope } from '../../nix/eval/value.ts';
import type { WalkedPlace } from '../../nix/eval/walk.ts';
import { isPlaceOf, type Place } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { ApplyExpr, Expr, Range } from '../../nix/syntax.ts';
import type { NotAnalysable } from '../model/base.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { Assignment, KeyLookup, MatrixLink, RegistryImport, RowRead } from '../model/registries.ts';
import type { AppliedImport, KeyedModule } from '../model/uses.ts';
import type { KeyLookupResult, UnplacedPath } from '../registry/key-paths.ts';
import { createReaching, type Reaching } from './reach.ts';
import type { LetBinding, SessionValue } from './session-bindings.ts';
import { newUseNotes, type UseNotes } from './uses.ts';

/**
 * The environment in which a file is read: arguments of modules, and the places of registries and matrices, by which
 * their sets are recognised during evaluation.
 */
export interface UnitContext {
  /**
   * Returns the argument that modules get under a name. Records that `asker`, a file, depends on the file that passes
   * it.
   */
  readonly argument: (name: string, asker: string) => Lazy | null;
  readonly registries: ReadonlyMap<string, Place>;
  readonly matrices: ReadonlyMap<string, Place>;
}

/** An application in the file. */
export interface Application {
  readonly expr: ApplyExpr;
  readonly scope: Scope;
}

/** The state of reading one file. Its lists and maps grow while the file is walked. */
export interface Reading {
  readonly cx: Evaluation;
  readonly file: SourceFile;
  readonly context: UnitContext;
  /** Returns whether a range may concern vars. */
  readonly interesting: (range: Range) => boolean;

  readonly definitions: GeneratorDefinition[];
  readonly assignments: Assignment[];
  readonly uses: UseNotes;
  readonly reaching: Reaching;
  /** Where the walk is; null before and after it. */
  place: WalkedPlace | null;
  /** Lookups by place, registry and name. */
  readonly keyLookups: Map<string, KeyLookup>;
  readonly keyPaths: Map<string, UnplacedPath & { readonly place: WalkedPlace | null }>;
  readonly keyedModules: KeyedModule[];
  readonly rowReads: Map<string, RowRead>;
  readonly matrixLinks: Map<string, MatrixLink>;
  readonly appliedImports: AppliedImport[];
  readonly registryImports: RegistryImport[];
  readonly notAnalysable: NotAnalysable[];

  /** The values of `imports`, read after the walk since imported names may be bound anywhere. */
  readonly imports: { readonly expr: Expr; readonly scope: Scope }[];
  readonly lets: LetBinding[];
  readonly sessionValues: SessionValue[];
  /** Functions of applications that are part of a longer application: `f a` in `f a b`. */
  readonly inSpine: WeakSet<Expr>;
  /** The values of names that are bound to applications, so that name and walk share one evaluation. */
  readonly bound: Map<Expr, Lazy>;
  /** The inverse of `bound`. */
  readonly boundTo: Map<Lazy, Expr>;
  /** Applications of the file by their range. */
  readonly applications: Map<string, Application>;
  /** The lookups made while a bound application was evaluated. */
  readonly shown: Map<Lazy, Shown>;
}

/** The reads of registries and matrices in a trace. */
export interface Shown {
  readonly rows: readonly RowRead[];
  readonly lookups: readonly KeyLookupResult[];
}

/** A question that is being evaluated, with the lookups found so far in its trace. */
export interface Question {
  readonly at: Range;
  readonly trace: Trace;
  /** The number of selections of the trace that have been read. */
  read: number;
  readonly rows: RowRead[];
  readonly lookups: KeyLookupResult[];
}

export function newReading(
  cx: Evaluation,
  file: SourceFile,
  context: UnitContext,
  interesting: Reading['interesting'],
): Reading {
  return {
    cx,
    file,
    context,
    interesting,
    definitions: [],
    assignments: [],
    uses: newUseNotes(file.path),
    reaching: createReaching(cx),
    place: null,
    keyLookups: new Map(),
    keyPaths: new Map(),
    keyedModules: [],
    rowReads: new Map(),
    matrixLinks: new Map(),
    appliedImports: [],
    registryImports: [],
    notAnalysable: [],
    imports: [],
    lets: [],
    sessionValues: [],
    inSpine: new WeakSet(),
    bound: new Map(),
    boundTo: new Map(),
    applications: new Map(),
    shown: new Map(),
  };
}

/** Returns the file of the registry that a set is; null for another set. */
export function registryOf({ origin }: AttrsValue, { registries }: UnitContext): string | null {
  return origin !== null && isAt(origin, registries) ? origin.file.path : null;
}

/** Returns the file of the matrix that a set is; null for another set. */
export function matrixOf({ origin }: AttrsValue, { matrices }: UnitContext): string | null {
  return origin !== null && isAt(origin, matrices) ? origin.file.path : null;
}

function isAt(origin: Origin, places: ReadonlyMap<string, Place>): boolean {
  const place = places.get(origin.file.path);
  return place !== undefined && isPlaceOf(place, origin);
}
