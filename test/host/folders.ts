/** Folders of tests on the real file system. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is gone when the test ends. */
export function testFolder(contents: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'varsmith-test-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  fill(root, contents);
  return root;
}

export function fill(root: string, contents: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** Every file and link below a folder, hidden ones too; links as `-> target`. */
export function contentsOf(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) found[relative(root, path)] = `-> ${readlinkSync(path)}`;
    else if (entry.isFile()) {
      // A lock of a program that is just ending may go between the listing and the reading.
      const text = readIfThere(path);
      if (text !== null) found[relative(root, path)] = text;
    }
  }
  return found;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
