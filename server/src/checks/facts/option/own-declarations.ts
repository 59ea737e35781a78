/**
 * Collects the options that a workspace declares itself, about which rules for clan's options stay silent.
 * Holds no findings.
 */
import type { SourceFile } from '../../../nix/source.ts';
import { perUnit } from '../../memory/per-unit.ts';
import type { CheckContext } from '../../rule.ts';

export interface DeclaredNames {
  /** True if any file of the workspace mentions clan. */
  readonly isClan: boolean;
  /** The names of options, wherever they are declared. */
  readonly names: ReadonlySet<string>;
}

/** Returns the names that a file declares as options. */
function declaredIn(file: SourceFile): ReadonlySet<string> {
  const matches = file.text.matchAll(/([A-Za-z_][\w'-]*)\s*=\s*(?:[\w.]+\.)?mk\w*Option\b/g);
  return new Set([...matches].map(match => match[1] as string));
}

/** Yields the option declarations of each file. */
const declarations = perUnit(function* ({ file: path }, { sources }) {
  const file = sources.parse(path);
  if (file === null) return;
  const mentionsClan = file.text.includes('clan');
  const names = declaredIn(file);
  if (mentionsClan || names.size > 0) yield { mentionsClan, names };
});

/**
 * Returns the option names declared in any unit. A workspace that declares generators itself may do so in files
 * that do not mention vars.
 */
export function declaredNames(context: CheckContext): DeclaredNames {
  let { isClan } = context.fleet;
  const all = new Set<string>();
  for (const { mentionsClan, names } of declarations(context)) {
    isClan ||= mentionsClan;
    for (const name of names) all.add(name);
  }
  return { isClan, names: all };
}
