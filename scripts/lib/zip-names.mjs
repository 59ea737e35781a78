// The names of the files in a zip archive, from its central directory.

const END = 0x06054b50;
const ENTRY = 0x02014b50;

/** @param {Buffer} archive */
export function zipNames(archive) {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end === -1 || archive.readUInt32LE(end) !== END) throw new Error('This is no zip archive.');
  const count = archive.readUInt16LE(end + 10);
  const names = [];
  let at = archive.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (archive.readUInt32LE(at) !== ENTRY) throw new Error('The directory of the zip archive is damaged.');
    const [name, extra, comment] = [28, 30, 32].map(offset => archive.readUInt16LE(at + offset));
    names.push(archive.toString('utf8', at + 46, at + 46 + name));
    at += 46 + name + extra + comment;
  }
  return names;
}
