/** Provides generator templates by id, with names filled in, as lines of Nix. */
import { filledIn, TEMPLATES } from './templates.ts';

export interface TemplateChoice {
  /** For example `ssh-key`. */
  readonly id: string;
  /** For example `SSH key`. */
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

/** A binding of a template: a name, and lines that begin with the value. */
export interface TemplateBinding {
  /** As written in a string; may have holes. */
  readonly name: string;
  /** The first line has no indentation; the last ends with the semicolon. */
  readonly lines: readonly string[];
}

/**
 * Returns the bindings of a template, or null if it does not exist.
 *
 * @param name replaces the template's own name, and prefixes that of a second generator
 */
export function templateBindings(id: string, name: string): readonly TemplateBinding[] | null {
  const template = TEMPLATES.find(({ label }) => idOf(shortLabel(label)) === id);
  if (template === undefined) return null;
  // The name is inserted last, because its holes would be placeholders in a snippet.
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

/** Represents the name while the rest is filled in. */
const NAME = '\u0000';

/** Returns whether any binding names a package. */
export function usesPackages(bindings: readonly TemplateBinding[]): boolean {
  return bindings.some(({ lines }) => lines.some(line => /\bpkgs\./.test(line)));
}
