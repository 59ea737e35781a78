/** Templates of generators by id, with given names filled in: lines of Nix. */
import { filledIn, TEMPLATES } from './templates.ts';

export interface TemplateChoice {
  /** `ssh-key` */
  readonly id: string;
  /** `SSH key` */
  readonly label: string;
  readonly text: string;
}

const idOf = (label: string) => label.toLowerCase().replace(/[^a-z0-9]+/g, '-');
const shortLabel = (label: string) => label.replace(/^generator: /, '');

export const TEMPLATE_CHOICES: readonly TemplateChoice[] = TEMPLATES.map(({ label, text }) => ({
  id: idOf(shortLabel(label)),
  label: shortLabel(label),
  text,
}));

/** The bindings of a template: each a name and lines that begin with the value. */
export interface TemplateBinding {
  /** As it is written in a string: it may have holes. */
  readonly name: string;
  /** Without the indentation of the first; the last ends with the semicolon. */
  readonly lines: readonly string[];
}

/**
 * @param name in the place of the template's own; its second generator is called after it
 * @returns null if there is no such template
 */
export function templateBindings(id: string, name: string): readonly TemplateBinding[] | null {
  const template = TEMPLATES.find(({ label }) => idOf(shortLabel(label)) === id);
  if (template === undefined) return null;
  // Holes of the name are put in last: to a snippet they would be places to fill in.
  const body = filledIn(
    template.body.replace(/\$\{1:[^}]*\}/g, NAME).replace(/\$\{3:web-certificate\}/g, `${NAME}-certificate`),
  ).replaceAll(NAME, () => name);
  const bindings: { name: string; lines: string[] }[] = [];
  for (const line of body.split('\n')) {
    const begun = /^(\S+) = (.*)$/.exec(line);
    if (begun) bindings.push({ name: begun[1] as string, lines: [begun[2] as string] });
    else bindings.at(-1)?.lines.push(line);
  }
  return bindings;
}

/** Stands for the name while the rest is filled in. */
const NAME = '\u0000';

/** Returns whether any of them names a package. */
export function usesPackages(bindings: readonly TemplateBinding[]): boolean {
  return bindings.some(({ lines }) => lines.some(line => /\bpkgs\./.test(line)));
}
