/** The things in a fleet that a user can point at, their names, and when two are the same. Plain data. */

import type { SecretKeeper } from '../../fleet/model/secrets.ts';
import type { Place } from '../../nix/places.ts';

/** Something with a name that a user can point at. */
export type Subject =
  | { readonly kind: 'key'; readonly registry: string; readonly key: string }
  | { readonly kind: 'generator'; readonly name: string }
  | { readonly kind: 'file'; readonly generator: string; readonly file: string }
  | { readonly kind: 'prompt'; readonly generator: string; readonly prompt: string }
  /** A row of a matrix; at its definition it leads on to the machine. */
  | { readonly kind: 'row'; readonly matrix: string; readonly machine: string; readonly written: boolean }
  | { readonly kind: 'machine'; readonly machine: string }
  /** An option declared by the fleet, by its path as in documentation, with `*` for arbitrary names. */
  | { readonly kind: 'option'; readonly path: string }
  /** A sops-nix or agenix secret. */
  | { readonly kind: 'secret'; readonly keeper: SecretKeeper; readonly secret: string }
  /** A template, `sops.templates.<name>`. */
  | { readonly kind: 'template'; readonly template: string }
  /** A file that sops-nix or agenix decrypts; relative to the root. */
  | { readonly kind: 'encrypted-file'; readonly path: string }
  /** A key in an encrypted file; a slash separates nested maps. */
  | { readonly kind: 'encrypted-key'; readonly path: string; readonly key: string };

export interface Target {
  readonly at: Place;
  readonly subject: Subject;
  /**
   * `declaration`: it is declared here; `use`: it is named here; `field`: a part of it is here, such as an
   * attribute read from a file.
   */
  readonly role: 'declaration' | 'use' | 'field';
  /** True inside the text of a script, where names have no quotes. */
  readonly inScript: boolean;
}

/** Returns the name of a subject. */
export function nameOf(subject: Subject): string {
  switch (subject.kind) {
    case 'key':
      return subject.key;
    case 'generator':
      return subject.name;
    case 'file':
      return subject.file;
    case 'prompt':
      return subject.prompt;
    case 'row':
    case 'machine':
      return subject.machine;
    case 'option':
      return subject.path.slice(subject.path.lastIndexOf('.') + 1);
    case 'secret':
      return subject.secret;
    case 'template':
      return subject.template;
    case 'encrypted-file':
      return subject.path;
    case 'encrypted-key':
      return subject.key;
  }
}

export function sameSubject(a: Subject, b: Subject): boolean {
  return a.kind === b.kind && subjectKey(a) === subjectKey(b);
}

/** Returns a unique text for a subject. */
export function subjectKey(subject: Subject): string {
  switch (subject.kind) {
    case 'key':
      return `key\0${subject.registry}\0${subject.key}`;
    case 'generator':
      return `generator\0${subject.name}`;
    case 'file':
      return `file\0${subject.generator}\0${subject.file}`;
    case 'prompt':
      return `prompt\0${subject.generator}\0${subject.prompt}`;
    case 'row':
      return `row\0${subject.matrix}\0${subject.machine}`;
    case 'machine':
      return `machine\0${subject.machine}`;
    case 'option':
      return `option\0${subject.path}`;
    case 'secret':
      return `secret\0${subject.keeper}\0${subject.secret}`;
    case 'template':
      return `template\0${subject.template}`;
    case 'encrypted-file':
      return `encrypted-file\0${subject.path}`;
    case 'encrypted-key':
      return `encrypted-key\0${subject.path}\0${subject.key}`;
  }
}
