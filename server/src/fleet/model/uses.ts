/** A file as a unit: what it declares, reads and selects of vars. */

import type { FailingCall } from '../../modules/import-items.ts';
import type { NameKind } from '../../modules/read.ts';
import type { Place } from '../../nix/places.ts';
import type { NotAnalysable } from './base.ts';
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

/** A place that reads something of a generator's file. */
export interface Use {
  readonly at: Place;
  /**
   * How it is read: by selecting the option, which fails where there is none; by a function that looks it up; or by
   * the name of the place where it is kept.
   */
  readonly by: 'option' | 'function' | 'name';
  /** Text with holes as they are written; null where nothing is known. */
  readonly generator: string;
  readonly generatorKind: NameKind;
  readonly generatorAt: Place;
  readonly fileName: string | null;
  readonly fileKind: NameKind;
  readonly fileAt: Place | null;
  /** `path`, `value`, `exists`, … ; null if the use stops at the file. */
  readonly attribute: string | null;
  readonly attributeAt: Place | null;
  /** Behind `or`, `?`, `hasAttr` and the like, with something else to fall back on. */
  readonly guarded: boolean;
  /** True if the guard asks for nothing but the generator, and the use is made only where there is one. */
  readonly assumesGenerator: boolean;
  /** The registry key that the use was reached by, through an accessor. */
  readonly key: KeyLookup | null;
}

/** A place that reads something of a generator, or of one of its prompts, other than a file. */
export interface OtherRead {
  /** Where the attribute is written. */
  readonly at: Place;
  readonly of: 'generator' | 'prompt';
  readonly generator: string;
  readonly generatorKind: NameKind;
  /** The prompt's name; null for what is read of the generator itself. */
  readonly prompt: string | null;
  readonly attribute: string;
  /** Behind `or`, `?` and the like; not if those ask for nothing but the generator. */
  readonly guarded: boolean;
}

/** A module that is made by giving a function keys of a registry. */
export interface KeyedModule {
  /** The argument that holds the keys: its name, or what is given without one. */
  readonly at: Place;
  /** The whole application. */
  readonly application: Place;
  readonly keys: readonly string[];
  /** What it reads of its machine; null where that cannot be seen. Evaluated at most once, when it is first asked for. */
  readonly reads: () => ModuleReads | null;
}

/** What a module that is made with keys reads. */
export interface ModuleReads {
  /** The file of the registry in which it looks them up. */
  readonly registry: string;
  /** The generators of its machine that it certainly reads. */
  readonly generators: readonly string[];
}

/** Something inside `imports` that is made by applying a function. */
export interface AppliedImport {
  /** The application; what stands in `imports` where that is in another file. */
  readonly at: Place;
  /** The value of the `imports` that it stands in. */
  readonly imports: Place;
  /** The list item with its parentheses, as it would be removed; null where the list is made by an expression. */
  readonly item: Place | null;
  /** Where it is made, if that is in another file. */
  readonly madeAt: Place | null;
  /** The call as it is written, for the fix; null where it is not simply the application of a file. */
  readonly call: WrittenCall | null;
  /** Why it matters: it is, assigns, or is given generators. */
  readonly brings: 'generators' | 'module' | 'arguments';
  /** Why the call fails for certain; null if it does not. */
  readonly fails: FailingCall | null;
}

/** `importApply ./file.nix { … }`, or `import` in its place. */
export interface WrittenCall {
  readonly at: Place;
  readonly path: Place;
  readonly args: Place;
  /** An argument that the file asks for, that is not given, and that is in scope under its name. */
  readonly lacks: string | null;
}

/** Where a module cannot be told, or what it imports, without the configuration that it is part of. */
export interface CircularImport {
  /** The imports, one of them, or the module itself. */
  readonly at: Place;
  readonly what: 'imports' | 'item' | 'module';
  /** The argument of the module that is needed: `config`, `options`, or what `_module.args` gives. */
  readonly argument: string;
  /** What is asked for on the way: `config.services.x.enable`. */
  readonly asked: string;
  /** Where that is written; null where it cannot be told. */
  readonly askedAt: Place | null;
}

/** What one file contributes. */
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
  /** True for a file that reads more of registry entries than metadata: it makes generators. */
  readonly makesGenerators: boolean;
}
