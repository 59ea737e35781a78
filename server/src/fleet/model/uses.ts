/** Types of a unit: what one file declares, reads and selects of vars. */

import type { FailingCall } from '../../modules/import-items.ts';
import type { NameKind } from '../../modules/read.ts';
import type { Known, Place } from '../../nix/places.ts';
import type { NotAnalysable, Reached } from './base.ts';
import type { GeneratorDefinition } from './generators.ts';
import type {
  Assignment,
  KeyLookup,
  KeyPath,
  MatrixLink,
  RegistryImport,
  RowRead,
  SessionBinding,
} from './registries.ts';

/** A read of a generator's file. */
export interface Use {
  readonly at: Place;
  /**
   * How the file is read: by selecting the option, which fails if it is missing; by a function that looks it up; or by
   * the name of the place where it is stored.
   */
  readonly by: 'option' | 'function' | 'name';
  /** The generator's name, with holes as they are written. */
  readonly generator: string;
  readonly generatorKind: NameKind;
  readonly generatorAt: Place;
  readonly fileName: string | null;
  readonly fileKind: NameKind;
  readonly fileAt: Place | null;
  /** `path`, `value`, `exists`, …; null if the selection ends at the file. */
  readonly attribute: string | null;
  readonly attributeAt: Place | null;
  /** True behind `or`, `?`, `hasAttr` and the like, with a fallback, and where evaluation never gets. */
  readonly guarded: boolean;
  /** True if the guard tests only whether the generator exists, and the file is read only then. */
  readonly assumesGenerator: boolean;
  readonly reached: Reached;
  /** The registry key through which an accessor reached the file. */
  readonly key: KeyLookup | null;
  /** The machine of this fleet whose stored file a function is asked for; null if there is none, or it is unknown. */
  readonly machine: Known<string> | null;
}

/** A read of an attribute of a generator or of a prompt, other than a file. */
export interface OtherRead {
  /** Where the attribute is written. */
  readonly at: Place;
  readonly of: 'generator' | 'prompt';
  readonly generator: string;
  readonly generatorKind: NameKind;
  /** The prompt's name; null if an attribute of the generator itself is read. */
  readonly prompt: string | null;
  readonly attribute: string;
  /** True behind `or`, `?` and the like; false if the guard tests only whether the generator exists. */
  readonly guarded: boolean;
}

/** A module that is made by passing registry keys to a function. */
export interface KeyedModule {
  /** The argument that has the keys: its name, or the value if it is positional. */
  readonly at: Place;
  /** The whole application. */
  readonly application: Place;
  readonly keys: readonly string[];
  /** Returns what the module reads of its machine; null if unknown. Computed on first call, at most once. */
  readonly reads: () => ModuleReads | null;
}

/** The reads of a module that is made with keys. */
export interface ModuleReads {
  /** The file of the registry in which it looks up the keys. */
  readonly registry: string;
  /** Generators of its machine that it certainly reads. */
  readonly generators: readonly string[];
}

/** An item of `imports` that is made by applying a function. */
export interface AppliedImport {
  /** The application, or the item of `imports` if the application is in another file. */
  readonly at: Place;
  /** The value of the enclosing `imports`. */
  readonly imports: Place;
  /** The list item with its parentheses, as a fix removes it; null if an expression makes the list. */
  readonly item: Place | null;
  /** The application if it is in another file. */
  readonly madeAt: Place | null;
  /** The call, for the fix; null if it is not a plain application of a file. */
  readonly call: WrittenCall | null;
  /** The reason why it matters: it is generators, assigns them, or takes them as arguments. */
  readonly provides: 'generators' | 'module' | 'arguments';
  /** True if the module carries nothing but constants, so that it evaluates like one that is imported by its path. */
  readonly isConstant: boolean;
  /** The reason why the call certainly fails; null if it does not. */
  readonly fails: FailingCall | null;
}

/** A call of the form `importApply ./file.nix { … }`, or the same with `import`. */
export interface WrittenCall {
  readonly at: Place;
  readonly path: Place;
  readonly args: Place;
  /** A missing argument of the file that is in scope under the same name. */
  readonly lacks: string | null;
}

/** A module or `imports` that needs the configuration of which it is a part. */
export interface CircularImport {
  /** The imports, one item of them, the settings, or the module itself. */
  readonly at: Place;
  readonly what: 'imports' | 'item' | 'config' | 'module';
  /** The module argument that is needed: `config`, `options`, `pkgs`, or one set by `_module.args`. */
  readonly argument: string;
  /** The selection on the way that needs it: `config.services.x.enable`. */
  readonly asked: string;
  /** The place of that selection; null if unknown. */
  readonly askedAt: Place | null;
}

/** The declarations, reads and selections of vars in one file. */
export interface Unit {
  readonly file: string;
  readonly definitions: readonly GeneratorDefinition[];
  readonly assignments: readonly Assignment[];
  readonly uses: readonly Use[];
  readonly otherReads: readonly OtherRead[];
  readonly keyLookups: readonly KeyLookup[];
  readonly keyPaths: readonly KeyPath[];
  readonly keyedModules: readonly KeyedModule[];
  readonly rowReads: readonly RowRead[];
  readonly matrixLinks: readonly MatrixLink[];
  readonly appliedImports: readonly AppliedImport[];
  readonly registryImports: readonly RegistryImport[];
  readonly sessionBindings: readonly SessionBinding[];
  readonly notAnalysable: readonly NotAnalysable[];
  /** True if the file reads more of registry entries than metadata, which means that it makes generators. */
  readonly makesGenerators: boolean;
}

/** A unit as it is for those who need not know what its generators consist of. */
export interface UnitOutline extends Omit<Unit, 'definitions'> {
  readonly definitions: readonly Pick<GeneratorDefinition, 'name' | 'at'>[];
}
