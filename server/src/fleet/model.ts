/**
 * What a workspace declares, as plain data: machines, registries, matrices, generators and the uses of their
 * files. Built by the other modules of this folder from evaluated Nix; read by checks, editor features and the
 * command line. Holds no tree and no scope.
 */

import type { Value } from '../nix/eval/value.ts';
import type { AccessSetting } from './access-settings.ts';
import type { BroughtGenerator } from './catalogue.ts';
import type { ServiceModule } from './declared.ts';
import type { ExportGenerator } from './exports.ts';
import type { FileFaults } from './faults.ts';
import type { MachineFact } from './machine-facts.ts';
import type { MachineModules } from './machine-modules.ts';
import type { Inventory } from './members.ts';
import type { ClanSetting } from './options/clan-settings.ts';
import type { FleetOptions } from './options/joined.ts';
import type { RemovedUse } from './removed-options.ts';
import type { ScriptSource } from './script.ts';
import type { SecretFacts } from './secrets.ts';
import type { Setting } from './settings.ts';
import type { StoreSettings } from './store-settings.ts';

/** A place in a file: path relative to the workspace root, half-open UTF-16 offsets, 0-based. */
export interface Place {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** A fact with the place it was read from. */
export interface Known<T> {
  readonly value: T;
  readonly at: Place;
}

export type MachineClass = 'nixos' | 'darwin';

export interface Machine {
  readonly name: string;
  readonly class: MachineClass | null;
  /** As Nix writes it: `aarch64-darwin`. */
  readonly system: string | null;
  readonly tags: readonly string[];
  /** Where the machine is declared; null for a mere folder. */
  readonly at: Place | null;
  /** What made it known: a configuration, the inventory, a `machines/` folder, or a module that reads the matrix. */
  readonly source: 'configuration' | 'inventory' | 'folder' | 'reader';
}

/** Whether a name is written out, computed to one text, or only known up to holes. */
export type NameKind = 'literal' | 'resolved' | 'pattern';

export interface GeneratorFile {
  readonly name: string;
  readonly nameKind: NameKind;
  readonly secret: boolean | null;
  readonly deploy: boolean | null;
  readonly owner: string | null;
  readonly group: string | null;
  readonly mode: string | null;
  readonly neededFor: string | null;
  readonly from: 'files' | 'prompt';
  /** True if only a condition that is not known decides whether there is such a file. */
  readonly conditional: boolean;
  readonly at: Place;
}

export interface GeneratorPrompt {
  readonly name: string;
  readonly type: string | null;
  readonly description: string | null;
  readonly persist: boolean | null;
  readonly at: Place;
}

/** A script as far as it is known: its text with holes as they are written, or null. */
export interface GeneratorScript {
  readonly text: string | null;
  /** The same with its way back to the files; see script.ts. */
  readonly source: ScriptSource | null;
  /** The file that is run instead of a text, relative to the workspace; null where there is none. */
  readonly file: string | null;
  readonly at: Place;
}

/** One option of a generator, a file or a prompt, as one definition writes it. */
export interface WrittenOption {
  /** `display`: of the `display` of a prompt. */
  readonly of: 'generator' | 'file' | 'prompt' | 'display';
  /** The file's or prompt's name; null for an option of the generator itself. */
  readonly owner: string | null;
  readonly name: string;
  /** Where the option's name is written. */
  readonly at: Place;
  /** What kind of value is assigned, conditions and priorities taken off. */
  readonly kind: Value['kind'];
  /** The value as plain data, as far as it is known. */
  readonly value: Setting;
  /** Where the value is written. */
  readonly valueAt: Place | null;
  /** The package that it is, where the value is one: `openssl` for `pkgs.openssl`. */
  readonly package?: string;
  /** The file or prompt that the value is assigned to as a whole; it takes a set. */
  readonly member?: string;
  readonly conditional: boolean;
  /** 50 under `mkForce`, 1000 under `mkDefault`; 100 otherwise. */
  readonly priority: number;
}

/** Which lists of a body are known to hold all there is. */
export interface KnownLists {
  readonly files: boolean;
  readonly prompts: boolean;
  readonly dependencies: boolean;
  readonly packages: boolean;
}

/** What one definition of a generator says. */
export interface GeneratorBody {
  /** `full`: everything is known; `partial`: there may be more files or prompts; `opaque`: nothing is known. */
  readonly completeness: 'full' | 'partial' | 'opaque';
  readonly share: boolean | null;
  readonly files: readonly GeneratorFile[];
  readonly prompts: readonly GeneratorPrompt[];
  readonly dependencies: readonly Known<string>[];
  /** Names of packages. */
  readonly runtimeInputs: readonly string[];
  /** The same with their places. */
  readonly packages: readonly Known<string>[];
  readonly complete: KnownLists;
  /** All options as they are written; read at most once. */
  readonly options: () => readonly WrittenOption[];
  readonly script: GeneratorScript | null;
  /** Plain JSON; undefined where there is none, null where it is not known. */
  readonly validation: unknown;
}

/** One place that defines (part of) a generator. */
export interface GeneratorDefinition {
  readonly name: string;
  readonly nameKind: NameKind;
  readonly kind: 'full' | 'partial';
  readonly at: Place;
  /** Places it came through, nearest the assignment first. */
  readonly via: readonly Place[];
  /** Under `mkIf`, `optionalAttrs` or an `if` that is not known. */
  readonly conditional: boolean;
  /** Reads the body; computed at most once. */
  readonly body: () => GeneratorBody;
}

/** The definitions of one name in one placement, merged. */
export interface Generator {
  readonly name: string;
  readonly nameKind: NameKind;
  readonly definitions: readonly GeneratorDefinition[];
  /** Machines that certainly have it; null where none is known and some may have it. */
  readonly machines: readonly string[] | null;
  /** False if further machines may have it. */
  readonly machinesComplete: boolean;
  readonly conditional: boolean;
  /** What it certainly is on one machine; null where it is not settled which of the definitions the machine has. */
  readonly settledOn: (machine: string) => GeneratorBody | null;
  /**
   * The same for all machines where it is settled, in the order of the machines. Bodies are told apart as objects: what
   * was read twice may be two variants that say the same.
   */
  readonly variants: () => readonly Variant[];
  /** The merged body. */
  readonly body: () => GeneratorBody;
  /** What it is on one machine, as far as that is known; otherwise the merged body. */
  readonly bodyOn: (machine: string) => GeneratorBody;
  /** What it is on the machines, where that is known and differs: the merged body alone otherwise. */
  readonly bodies: () => readonly GeneratorBody[];
}

/** A body and the machines that have it. */
export interface Variant {
  readonly body: GeneratorBody;
  readonly machines: readonly string[];
}

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
  /** Behind `or`, `?` and the like. */
  readonly guarded: boolean;
}

/** A registry key that is looked up by name. */
export interface KeyLookup {
  /** The registry's file. */
  readonly registry: string;
  readonly key: string;
  /** Where the key is written. */
  readonly at: Place;
  readonly found: boolean;
  /** False where a missing key is provided for. */
  readonly required: boolean;
}

/** A path that is made of what the registry says of a key, without asking for its generator. */
export interface KeyPath {
  readonly key: KeyLookup;
  readonly generator: string;
  /** As far as it is known; holes as they are written. */
  readonly path: string;
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

/** A row of a matrix that is read: `envMatrix.lea`. */
export interface RowRead {
  /** The matrix's file. */
  readonly matrix: string;
  readonly machine: string;
  readonly at: Place;
  readonly found: boolean;
}

export interface RegistryField<T> {
  readonly value: T;
  readonly at: Place;
}

/** One entry of a registry. A field that is not known, or absent, is null. */
export interface RegistryKey {
  readonly key: string;
  /** Where the key is written. */
  readonly at: Place;
  readonly generator: RegistryField<string> | null;
  readonly envVar: RegistryField<string> | null;
  readonly fileAttr: RegistryField<string> | null;
  readonly secret: boolean | null;
  readonly description: string | null;
  readonly domain: string | null;
  readonly category: string | null;
  readonly body: GeneratorBody;
  /** Does the entry certainly declare a file of this name under `files`? Takes far less than reading the body. */
  readonly declaresFile: (name: string) => boolean;
  /** Files that the script certainly writes, by name. Null: not known. */
  readonly written: readonly Known<string>[] | null;
  /** Metadata that fails without `pkgs`: the field's name and place. */
  readonly needsPkgs: readonly Known<string>[];
  /** The whole entry, for edits beside it. */
  readonly entry: Place;
}

export interface Registry {
  readonly file: string;
  /** The whole set of entries. */
  readonly at: Place;
  readonly keys: readonly RegistryKey[];
  /** False if there may be keys that are not listed. */
  readonly closed: boolean;
}

/** A key as a matrix lists it. */
export interface ListedKey {
  readonly key: string;
  readonly at: Place;
}

export interface MatrixRow {
  readonly machine: string;
  readonly at: Place;
  readonly keys: readonly ListedKey[];
  /** False if the list may have further keys. */
  readonly complete: boolean;
  /** A list that other rows are built from, not a machine. */
  readonly shared: boolean;
}

export interface Matrix {
  readonly file: string;
  readonly at: Place;
  readonly rows: readonly MatrixRow[];
  readonly closed: boolean;
  /** The file of the registry whose keys it lists; null if that is not known. */
  readonly registry: string | null;
}

/** The generators that a module assigns from a registry. */
export interface Assignment {
  /** Where `…vars.generators` is assigned. */
  readonly at: Place;
  /** Machines whose matrix rows the module reads. */
  readonly machines: readonly string[];
  /** Names of all generators assigned; null where there may be more. */
  readonly names: readonly string[] | null;
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

/** A call that fails: for an argument, or because there is no such function. */
export interface FailingCall {
  readonly kind: 'missing-argument' | 'unexpected-argument' | 'missing-function';
  readonly name: string;
}

/** An argument that a file gives to modules with `_module.args`. */
export interface LateArgument {
  readonly name: string;
  readonly file: string;
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

/** An import of a registry and the package set it is given. */
export interface RegistryImport {
  readonly registry: string;
  readonly at: Place;
  /** Where a package set that cannot be null is passed; null if none is. */
  readonly pkgsAt: Place | null;
}

/** A `let` binding of a machine's module from which session variables are built. */
export interface SessionBinding {
  readonly name: string;
  readonly at: Place;
  /** The reads of `.path` in it. */
  readonly reads: readonly Place[];
}

/**
 * What cannot be told of a place: which `generators` or `secrets` stand there, which modules a machine `imports` or what
 * a `foreign` module declares, which `machines` and `instances` there are, what is in a `file` that Nix cannot read or that was
 * left out (`unread`), what is a `module` at all, or what takes too long to evaluate (`effort`).
 */
export type UnknownPart =
  | 'generators'
  | 'secrets'
  | 'imports'
  | 'foreign'
  | 'machines'
  | 'instances'
  | 'file'
  | 'unread'
  | 'module'
  | 'effort';

/** What could not be analysed, and why. */
export interface NotAnalysable {
  readonly at: Place;
  readonly what: UnknownPart;
  /** Why, as a clause: "it depends on the argument `settings`". */
  readonly reason: string;
}

/** A registry in which keys of a matrix are looked up. */
export interface MatrixLink {
  readonly matrix: string;
  readonly registry: string;
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

export interface Fleet {
  readonly machines: readonly Machine[];
  /** False if there may be machines that are not listed. */
  readonly machinesComplete: boolean;
  /** Names of configurations of home-manager that stand by themselves, without a machine of ours. */
  readonly homes: readonly string[];
  /** What single sources say of machines, before they are joined. */
  readonly machineFacts: readonly MachineFact[];
  /** True if something of the workspace is clan's: names then mean what clan makes of them. */
  readonly isClan: boolean;
  /** The clan's folder, relative to the root: what is stored lies below it. Null where it is not known, or there are several. */
  readonly directory: string | null;
  readonly inventory: Inventory;
  /** Service modules that the workspace makes known to the inventory. */
  readonly serviceModules: readonly ServiceModule[];
  /** False if there may be service modules that are not listed. */
  readonly serviceModulesComplete: boolean;
  readonly registries: readonly Registry[];
  readonly matrices: readonly Matrix[];
  /** All that the workspace declares; computed when first asked for. */
  readonly generators: readonly Generator[];
  /** False if a machine may have generators that are not listed: of modules that are not known, or of other flakes. */
  readonly hasAllGenerators: (machine: string) => boolean;
  /** What each machine is made of, by name; followed when first asked for. */
  readonly modules: ReadonlyMap<string, MachineModules>;
  /** Arguments that modules have from `_module.args` alone. */
  readonly lateArguments: readonly LateArgument[];
  /** True if the flake hands a `config` to modules that is not their own (`specialArgs.config`). */
  readonly replacesConfig: boolean;
  /** Generators that clan-core's own services and modules bring, as far as the inventory tells. */
  readonly brought: readonly BroughtGenerator[];
  /** What each file says of sops-nix and agenix; see secrets-join.ts for the whole picture. */
  readonly secrets: readonly SecretFacts[];
  /** Where secrets are told to be kept. */
  readonly storeSettings: StoreSettings;
  /** Generators of exports, which are the flake's and no machine's. */
  readonly exports: readonly ExportGenerator[];
  /** The options that the fleet's own modules declare, and what is defined and read of them. */
  readonly options: FleetOptions;
  /** What is written below the options that say how vars are kept. */
  readonly clanSettings: readonly ClanSetting[];
  /** Whom the configuration adds to all secrets. */
  readonly accessSettings: readonly AccessSetting[];
  /** What Nix stumbles over in the files that it reads, by file; looked for when first asked for. */
  readonly faults: readonly FileFaults[];
  /** Where files use options that clan has removed or renamed. */
  readonly removed: readonly RemovedUse[];
  /** The files that name a file or a folder by a path that is written out. Looks through all texts. */
  readonly namedBy: (path: string) => readonly string[];
  readonly units: ReadonlyMap<string, Unit>;
  readonly notAnalysable: readonly NotAnalysable[];
}
