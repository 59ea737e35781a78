/** A fleet to run generators for, independent of who opened it. */
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Situation, SituationOptions } from '../repository/situation.ts';
import type { RunEnvironment } from '../run-environment.ts';

export interface RunFleet {
  readonly environment: RunEnvironment;
  fleet(): Fleet;
  /**
   * Looks up what is currently stored.
   *
   * @throws like `situationOf`
   */
  situation(options?: SituationOptions): Promise<Situation>;
  /** Reads all sources again, because completing an interrupted run may have changed modules. */
  rescan(): void;
  /** Returns whether a secret was written to disk, because there is no file system in memory. */
  hasUsedDisk(): boolean;
}
