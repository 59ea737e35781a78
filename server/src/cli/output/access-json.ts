/** Who can read what, and who gains and loses access, as JSON data. */
import { readerData } from '../../generate/backends/access-change.ts';
import type {
  AccessDifference,
  Loss,
  SecretAccess,
  SecretReader,
} from '../../generate/backends/access-matrix.ts';

export function secretAccessData({ readers, ...secret }: SecretAccess) {
  return { ...secret, readers: readers.map(stateData) };
}

export function differenceData({ gains, losses, ...secret }: AccessDifference) {
  return { ...secret, gains: gains.map(stateData), losses: losses.map(stateData) };
}

function stateData(reader: SecretReader | Loss) {
  return { ...readerData(reader), state: reader.state };
}
