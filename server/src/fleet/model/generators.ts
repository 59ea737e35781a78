/** Generators as they are declared: their definitions, files, prompts and scripts. */

import type { NameKind } from '../../modules/read.ts';
import type { Setting } from '../../modules/settings.ts';
import type { Value } from '../../nix/eval/value.ts';
import type { Known, Place } from '../../nix/places.ts';
import type { Hole } from '../../shell/syntax.ts';

/** A stretch of a script that one literal was written for. */
export interface ScriptSegment {
  /** UTF-16 offsets into the script, half open. */
  readonly start: number;
  readonly end: number;
  /** The file; null for text that was written nowhere. */
  readonly file: string | null;
  /** The literal's offset in its file: segments of one literal have the same. */
  readonly literal: number;
  /**
   * Pairs `offset in the literal's part, offset in the file` as in `TextPart.map`; for a hole the two ends of
   * `${…}` in the file.
   */
  readonly map: readonly number[];
  /** Where in that part the segment begins; null for a hole. */
  readonly from: number | null;
  /** The file or folder of the workspace that a hole stands for, relative to the root; null where it stands for none. */
  readonly path: string | null;
}

export interface ScriptSource {
  /** As people read it: what is not known stands as it is written. */
  readonly text: string;
  readonly holes: readonly Hole[];
  readonly segments: readonly ScriptSegment[];
}

export interface GeneratorFile {
  readonly name: string;
  readonly nameKind: NameKind;
  readonly secret: boolean | null;
  readonly deploy: boolean | null;
  readonly owner: string | null;
  readonly group: string | null;
  /** True where nobody sets the group: it is root's, which the class of the machine decides. */
  readonly hasDefaultGroup: boolean;
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
  /** Plain JSON, in which null stands for what is not known; undefined where there is none. */
  readonly validation: unknown;
  /** True if something in it is not known that the configuration of a machine, or its platform, may settle. */
  readonly asksMachine: boolean;
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
  /** Machines beside those that perhaps have it: under a condition, or in a module that is perhaps imported. Sorted. */
  readonly perhaps: readonly string[];
  /** False if further machines may have it: those, or machines of which not all modules are known. */
  readonly machinesComplete: boolean;
  readonly conditional: boolean;
  /** What it certainly is on one machine; null where it is not settled which of the definitions the machine has. */
  readonly settledOn: (machine: string) => GeneratorBody | null;
  /**
   * The same for all machines where it is settled, in the order of the machines. Bodies are told apart as objects: what
   * was read twice may be two variants that say the same.
   */
  readonly variants: () => readonly Variant[];
  /** What can be said of all that it may be at once: what they agree in, and all names that any of them has. */
  readonly body: () => GeneratorBody;
  /**
   * What it is on one machine: what certainly is the machine's own, with values as far as nothing else may change them.
   * For a machine that perhaps has it, what it is there if it is; the merged body where nobody can tell.
   */
  readonly bodyOn: (machine: string) => GeneratorBody;
  /**
   * All that it may be, each by itself: on machines that have it, and by definitions of which no machine is known. What
   * is wrong with one of them is wrong, whatever the others are. Never empty.
   */
  readonly bodies: () => readonly GeneratorBody[];
}

/** A body and the machines that have it. */
export interface Variant {
  readonly body: GeneratorBody;
  readonly machines: readonly string[];
}
