/** What a workspace declares as options itself: of those, rules about clan's options say nothing. Holds no findings. */
import type { SourceFile } from '../../../nix/source.ts';
import { perUnit } from '../../memory/per-unit.ts';
import type { CheckContext } from '../../rule.ts';

export interface DeclaredNames {
  /** Does anything of the workspace mention clan? */
  readonly isClan: boolean;
  /** Names of options, wherever they are declared. */
  readonly names: ReadonlySet<string>;
}

/** Names that a file declares as options. */
function declaredIn(file: SourceFile): ReadonlySet<string> {
  const found = file.text.matchAll(/([A-Za-z_][\w'-]*)\s*=\s*(?:[\w.]+\.)?mk\w*Option\b/g);
  return new Set([...found].map(match => match[1] as string));
}

/** Returns what files say of options. */
const declarations = perUnit(function* ({ file: path }, { sources }) {
  const file = sources.parse(path);
  if (file === null) return;
  const mentionsClan = file.text.includes('clan');
  const names = declaredIn(file);
  if (mentionsClan || names.size > 0) yield { mentionsClan, names };
});

/**
 * What generators look like where a workspace declares them itself may be said in files that do not mention vars: all
 * names of all units count.
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
