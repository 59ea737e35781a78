/** A fleet that generators are run for, whoever has opened it. */
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Situation, SituationOptions } from '../repository/situation.ts';
import type { RunEnvironment } from '../run-environment.ts';

export interface RunFleet {
  readonly environment: RunEnvironment;
  fleet(): Fleet;
  /**
   * Looks up what is stored at this moment.
   * @throws as `situationOf` does
   */
  situation(options?: SituationOptions): Promise<Situation>;
  /** Reads all sources anew: a run that was cut off and is completed may have changed modules. */
  rescan(): void;
  /** True once a secret has been laid on a disk, for want of a file system in memory. */
  hasUsedDisk(): boolean;
}
