/** Writes git's index, of which only the paths matter here. Source: git's Documentation/gitformat-index.adoc, version 2. */

/** The bytes of an entry before its path: times, device, mode, owner, size, hash, flags. */
const FIXED_BYTES = 62;
const HASH_BYTES = 20;

export function indexOf(paths: Iterable<string>): Buffer {
  const entries = [...paths].sort().map(path => {
    const name = Buffer.from(path);
    // The end of the path is padded with one to eight NUL bytes.
    const entry = Buffer.alloc(Math.floor((FIXED_BYTES + name.length + 8) / 8) * 8);
    entry.writeUInt32BE(0o100644, 24);
    entry.writeUInt16BE(Math.min(name.length, 0xfff), FIXED_BYTES - 2);
    name.copy(entry, FIXED_BYTES);
    return entry;
  });
  const header = Buffer.from('DIRC\0\0\0\u0002\0\0\0\0', 'latin1');
  header.writeUInt32BE(entries.length, 8);
  return Buffer.concat([header, ...entries, Buffer.alloc(HASH_BYTES)]);
}
