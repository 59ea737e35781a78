/** Makes entries about plaintexts: where they are while scripts run, and leftovers. */
import { leftBehind, scratchPlace, sweepScratch } from '../host/files/scratch.ts';
import type { DoctorEnvironment } from './examined.ts';
import { type Entry, entry, type Section } from './report.ts';

export async function plaintextsSection({ trusted }: DoctorEnvironment): Promise<Section> {
  const { path, inMemory } = await scratchPlace();
  const place = inMemory
    ? entry('scratch folders', 'found', `${path}, in memory`, { details: [USE] })
    : entry('scratch folders', 'absent', `no file system in memory: ${path}, overwritten afterwards`, {
        details: [USE],
        advice: 'Mount a tmpfs at /dev/shm that you can write to.',
      });
  return { title: 'Plaintexts', entries: trusted ? [place, await leftEntry()] : [place] };
}

const USE = 'Where secrets are kept while scripts and store programs read them.';

async function leftEntry(): Promise<Entry> {
  const removed = await sweepScratch();
  const left = leftBehind();
  if (left.length > 0)
    return entry('left behind', 'problem', `${left.length} scratch folders cannot be removed`, {
      details: left,
      advice: 'Remove them yourself: they may contain plaintexts from a killed run.',
    });
  const text = removed === 0 ? 'nothing' : `${removed} scratch folders of killed runs; now removed`;
  return entry('left behind', 'found', text);
}
