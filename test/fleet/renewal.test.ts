/**
 * While a registry or a matrix is edited, attributes that an edit does not touch keep their values. After each edit the
 * fleet is nevertheless the one that a fresh build gives.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Texts } from '../nix/support.ts';
import { isWhole, runs } from '../support/runs.ts';
import { FLEET } from './many-machines.ts';
import { SHAPES } from './many-shapes.ts';
import { PIPELINE } from './pipeline.ts';
import { changed, pipelineEdits } from './pipeline-edits.ts';
import { fleetWorkspace, plainFleet } from './workspace.ts';

/** A small fleet, one of many shapes, and a larger one with services when there is time. */
const FLEETS: readonly Texts[] = isWhole ? [PIPELINE, SHAPES, FLEET] : [PIPELINE, SHAPES];

describe('while a file is edited', () => {
  it('the fleet is after each edit what a fresh build gives', { timeout: 3_600_000 }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...FLEETS), pipelineEdits, fc.boolean(), (fleet, steps, isAskedFirst) => {
        const texts: Record<string, string> = { ...fleet };
        const workspace = fleetWorkspace(texts);
        if (isAskedFirst) plainFleet(workspace.fleet());
        else workspace.fleet();
        for (const [step, { path, change, which, detail, isUndone, isAsked }] of steps.entries()) {
          const before = texts[path];
          if (before === undefined) continue;
          const text = changed(before, { change, which, detail });
          for (const now of isUndone ? [text, before] : [text]) {
            workspace.write({ [path]: now });
            texts[path] = now;
            const built = workspace.fleet();
            if (isAsked || step === steps.length - 1)
              expect(plainFleet(built)).toEqual(plainFleet(fleetWorkspace(texts).fleet()));
          }
        }
      }),
      { numRuns: runs(100) },
    );
  });
});
