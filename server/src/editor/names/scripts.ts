/** Finds the generator scripts in a file, as parsed by Bash. There are none until the Bash parser is loaded. */
import { type FollowedScript, followed } from '../../checks/facts/followed-scripts.ts';
import type { GeneratorScript } from '../../fleet/model/generators.ts';
import type { Snapshot } from '../snapshot.ts';
import { bodiesIn } from './fleet-index.ts';

export interface WrittenScript {
  readonly script: GeneratorScript;
  readonly followed: FollowedScript;
}

/** Returns each text once, although a helper function may create many generators from it. */
export function scriptsIn(snapshot: Snapshot, file: string): readonly WrittenScript[] {
  const scripts = new Map<string, WrittenScript>();
  for (const { script } of bodiesIn(snapshot, file)) {
    if (script === null) continue;
    const literals = new Set(
      (script.source?.segments ?? []).flatMap(({ literal }) =>
        literal?.file === file ? [literal.start] : [],
      ),
    );
    if (literals.size === 0) continue;
    const key = `${[...literals].join()}\0${script.text}`;
    const read = scripts.has(key) ? null : followed(script);
    if (read !== null) scripts.set(key, { script, followed: read });
  }
  return [...scripts.values()];
}
