/** Types of generators: their definitions, files, prompts and scripts. */

import type { NameKind } from '../../modules/read.ts';
import type { Setting } from '../../modules/settings.ts';
import type { Value } from '../../nix/eval/value.ts';
import type { Known, Place } from '../../nix/places.ts';
import type { Hole } from '../../shell/syntax.ts';
import type { MachineClass } from './base.ts';

/** A range of a script that comes from one literal or one hole. */
export interface ScriptSegment {
  /** UTF-16 offsets into the script, half open. */
  readonly start: number;
  readonly end: number;
  /** The literal, which groups its segments; null if the text is not written in any file. */
  readonly literal: Place | null;
  /**
   * Pairs `offset in the literal's part, offset from the literal's beginning`, otherwise as in `TextPart.map`. For a hole:
   * both ends of `${…}`, from the literal's beginning.
   */
  readonly map: readonly number[];
  /** The offset at which the segment begins in that part; null for a hole. */
  readonly from: number | null;
  /**
   * The file or folder that a hole evaluates to, relative to the workspace root; null if it is not a path of the
   * workspace.
   */
  readonly path: string | null;
}

export interface ScriptSource {
  /** The text for display: unknown parts appear as they are written in Nix. */
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
  /** True if no definition sets the group, so that it is root's group of the machine's class. */
  readonly hasDefaultGroup: boolean;
  readonly mode: string | null;
  readonly neededFor: string | null;
  readonly from: 'files' | 'prompt';
  /** True if an unknown condition decides whether the file exists. */
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

/** A script; its text has holes as they are written, and is null if unknown. */
export interface GeneratorScript {
  readonly text: string | null;
  /** The text with the mapping back to its files; see `script.ts`. */
  readonly source: ScriptSource | null;
  /** The file that is run instead of a text, relative to the workspace root; null if there is none. */
  readonly file: string | null;
  readonly at: Place;
  /** The text that Nix evaluates, with store paths in the place of holes; only where Nix was asked. */
  readonly evaluated?: string;
}

/** One option of a generator, a file or a prompt, as one definition sets it. */
export interface WrittenOption {
  /** The kind of thing that has the option; `display` is the `display` set of a prompt. */
  readonly of: 'generator' | 'file' | 'prompt' | 'display';
  /** The name of the file or prompt; null for an option of the generator itself. */
  readonly owner: string | null;
  readonly name: string;
  /** Where the option's name is written. */
  readonly at: Place;
  /** The kind of the assigned value, without conditions and priorities. */
  readonly kind: Value['kind'];
  /** The value as plain data, with unknown parts marked. */
  readonly value: Setting;
  /** Where the value is written. */
  readonly valueAt: Place | null;
  /** The name of the package if the value is one: `openssl` for `pkgs.openssl`. */
  readonly package?: string;
  /** The file or prompt if a whole set is assigned to it. */
  readonly member?: string;
  readonly conditional: boolean;
  /** 50 under `mkForce`, 1000 under `mkDefault`; 100 otherwise. */
  readonly priority: number;
}

/** For each list of a body, true if it is complete. */
export interface KnownLists {
  readonly files: boolean;
  readonly prompts: boolean;
  readonly dependencies: boolean;
  readonly packages: boolean;
}

/** The contents of one definition of a generator. */
export interface GeneratorBody {
  /** `full`: everything is known; `partial`: there may be more files or prompts; `opaque`: nothing is known. */
  readonly completeness: 'full' | 'partial' | 'opaque';
  readonly share: boolean | null;
  readonly files: readonly GeneratorFile[];
  readonly prompts: readonly GeneratorPrompt[];
  readonly dependencies: readonly Known<string>[];
  /** Package names. */
  readonly runtimeInputs: readonly string[];
  /** The packages of `runtimeInputs` with their places. */
  readonly packages: readonly Known<string>[];
  readonly complete: KnownLists;
  /** All options as they are written; computed at most once. */
  readonly options: () => readonly WrittenOption[];
  readonly script: GeneratorScript | null;
  /** Plain JSON in which null means unknown; undefined if there is no validation. */
  readonly validation: unknown;
  /** True if an unknown part may become known with a machine's configuration or platform. */
  readonly asksMachine: boolean;
}

/** One place that defines a generator, or a part of it. */
export interface GeneratorDefinition {
  readonly name: string;
  readonly nameKind: NameKind;
  readonly kind: 'full' | 'partial';
  readonly at: Place;
  /** Call sites on the way to the definition, nearest the assignment first. */
  readonly via: readonly Place[];
  /** True under `mkIf`, `optionalAttrs` or an `if` whose condition is unknown. */
  readonly conditional: boolean;
  /** Reads the body; computed at most once. */
  readonly body: () => GeneratorBody;
}

/** A generator: all definitions of one name in one placement, merged. */
export interface Generator {
  readonly name: string;
  readonly nameKind: NameKind;
  readonly definitions: readonly GeneratorDefinition[];
  /** Machines that certainly have it; null if some machine may have it but none is known. */
  readonly machines: readonly string[] | null;
  /** Machines that may have it, because of a condition or a module that may be imported. Sorted. */
  readonly possibleMachines: readonly string[];
  /** False if further machines may have it: those of `perhaps`, or machines with unknown modules. */
  readonly machinesComplete: boolean;
  readonly conditional: boolean;
  /** Returns its body on one machine; null if it is uncertain which of the definitions the machine has. */
  readonly certainBodyOn: (machine: string) => GeneratorBody | null;
  /**
   * Groups the machines by `certainBodyOn`, in the order of the machines. Bodies are compared as objects: two variants may
   * have equal contents if they were read twice.
   */
  readonly variants: () => readonly Variant[];
  /**
   * Returns a body with everything that all variants have in common, and with the names of files and prompts that any
   * variant has.
   */
  readonly body: () => GeneratorBody;
  /**
   * Returns its body on one machine: the definitions that the machine certainly has, without values that another
   * definition may override. For a machine of `perhaps`, its body there if the machine has it; the merged body if that
   * is unknown.
   */
  readonly bodyOn: (machine: string) => GeneratorBody;
  /**
   * Returns all bodies that it may have, on machines that have it and from definitions without a known machine. A fault
   * in one of them is a fault whatever the others contain. Never empty.
   */
  readonly bodies: () => readonly GeneratorBody[];
}

/** A body and the machines on which the generator has it. */
export interface Variant {
  readonly body: GeneratorBody;
  readonly machines: readonly string[];
}

/** The primary group of root, which files have by default; clan-core d7c35d912, generic-generator.nix. */
export const ROOTS_GROUPS: Readonly<Record<MachineClass, string>> = { nixos: 'root', darwin: 'wheel' };
