/** The state of reading one file as a unit: what the walk over it has collected so far. */
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Trace } from '../../nix/eval/selection.ts';
import type { AttrsValue, Lazy, Origin, Scope } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { ApplyExpr, Expr, Range } from '../../nix/syntax.ts';
import type { NotAnalysable } from '../model/base.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type {
  Assignment,
  KeyLookup,
  KeyPath,
  MatrixLink,
  RegistryImport,
  RowRead,
} from '../model/registries.ts';
import type { AppliedImport, KeyedModule } from '../model/uses.ts';
import type { LookedUp } from '../registry/key-paths.ts';
import type { LetBinding, SessionValue } from './session-bindings.ts';
import { newUseNotes, type UseNotes } from './uses.ts';

/** Where registries and matrices are, to recognise their sets when they turn up in evaluation. */
export interface Known {
  /** What modules are given as arguments; asking for one ties the asker to the file that gives it. */
  readonly argument: (name: string, asker: string) => Lazy | null;
  readonly registries: ReadonlyMap<string, Place>;
  readonly matrices: ReadonlyMap<string, Place>;
}

/** An application that is written in the file. */
export interface Application {
  readonly expr: ApplyExpr;
  readonly scope: Scope;
}

/** The reading of one file. Lists and maps grow while the file is walked. */
export interface Reading {
  readonly cx: Evaluation;
  readonly file: SourceFile;
  readonly known: Known;
  /** Could something in the range matter? */
  readonly interesting: (range: Range) => boolean;

  readonly definitions: GeneratorDefinition[];
  readonly assignments: Assignment[];
  readonly uses: UseNotes;
  /** By place, registry and name. */
  readonly keyLookups: Map<string, KeyLookup>;
  readonly keyPaths: Map<string, KeyPath>;
  readonly keyedModules: KeyedModule[];
  readonly rowReads: Map<string, RowRead>;
  readonly matrixLinks: Map<string, MatrixLink>;
  readonly appliedImports: AppliedImport[];
  readonly registryImports: RegistryImport[];
  readonly notAnalysable: NotAnalysable[];

  /** What stands in `imports`, read when all is walked: what is imported may be bound anywhere. */
  readonly imports: { readonly expr: Expr; readonly scope: Scope }[];
  readonly lets: LetBinding[];
  readonly sessionValues: SessionValue[];
  /** Functions of applications that are part of a longer application: `f a` in `f a b`. */
  readonly inSpine: WeakSet<Expr>;
  /** Applications that are bound to a name: evaluated once, for the name and for the walk. */
  readonly bound: Map<Expr, Lazy>;
  /** The same the other way round. */
  readonly boundTo: Map<Lazy, Expr>;
  /** Applications of the file by their range. */
  readonly applications: Map<string, Application>;
  /** What was selected when a bound application was evaluated. */
  readonly shown: Map<Lazy, Shown>;
}

/** What the trace of a question shows of registries and matrices. */
export interface Shown {
  readonly rows: readonly RowRead[];
  readonly lookups: readonly LookedUp[];
}

/** A question that is being asked, and what its trace has shown so far. */
export interface Question {
  readonly at: Range;
  readonly trace: Trace;
  /** How many of the trace's selections have been read. */
  read: number;
  readonly rows: RowRead[];
  readonly lookups: LookedUp[];
}

export function newReading(
  cx: Evaluation,
  file: SourceFile,
  known: Known,
  interesting: Reading['interesting'],
): Reading {
  return {
    cx,
    file,
    known,
    interesting,
    definitions: [],
    assignments: [],
    uses: newUseNotes(file.path),
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
export function registryOf({ origin }: AttrsValue, { registries }: Known): string | null {
  return origin !== null && isAt(origin, registries) ? origin.file.path : null;
}

/** Returns the file of the matrix that a set is; null for another set. */
export function matrixOf({ origin }: AttrsValue, { matrices }: Known): string | null {
  return origin !== null && isAt(origin, matrices) ? origin.file.path : null;
}

function isAt(origin: Origin, places: ReadonlyMap<string, Place>): boolean {
  const place = places.get(origin.file.path);
  return place !== undefined && place.start === origin.start && place.end === origin.end;
}
