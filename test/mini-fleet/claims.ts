/** What Varsmith claims of the mini fleet, read from disk as the command line reads it. */
import { join } from 'node:path';
import { type Inspection, inspection } from '../../server/src/cli/output/inspection.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import type { Claim } from './compare.ts';

export const FLEET = join(import.meta.dirname, 'fleet');

export interface Claims {
  readonly machines: Inspection['machines'];
  readonly generators: readonly Claim[];
}

/** Inspects a fleet and adds the texts of scripts, which `inspect` only points at. */
export async function readClaims(root: string): Promise<Claims> {
  const workspace = createWorkspace({ root, engine: await loadEngine() });
  const { machines, generators } = inspection(workspace);
  const { fleet } = workspace.snapshot();
  return {
    machines,
    // The fleet's own generators come first, in the same order. The harness has none of those that clan-core brings.
    generators: generators.flatMap((generator, index) =>
      'catalogue' in generator
        ? []
        : [{ ...generator, scriptText: withoutHoles(fleet.generators[index]?.body().script?.text ?? null) }],
    ),
  };
}

function withoutHoles(text: string | null): string | null {
  return text?.includes('${') ? null : text;
}
