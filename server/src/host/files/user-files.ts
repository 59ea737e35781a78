/**
 * Prepares files that people write, such as modules and encrypted files, for a transaction: resolves links, keeps
 * permissions, and accepts only text. Writes nothing.
 */
import { createHash } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { codeOf, HostFailure, systemFailure } from '../host-failure.ts';
import { regularBytes } from './regular-file.ts';

export interface UserFile {
  /** Path with all links resolved, relative to the root. */
  readonly path: string;
  /** The text without the byte order mark. */
  readonly text: string;
  /** The byte order mark, or '' if there is none. */
  readonly mark: string;
  /** SHA-256 of the bytes in hexadecimal. */
  readonly sha256: string;
  readonly mode: number;
}

/** Limit above the size of any handwritten file. */
const MAX_BYTES = 64 * 1024 * 1024;

const BYTE_ORDER_MARK = '\ufeff';

/**
 * Returns the file, or `null` if it does not exist.
 * @param root absolute path
 * @param path relative to the root
 * @throws HostFailure if it is outside the root, not UTF-8, or unreadable
 */
export function userFile(root: string, path: string): UserFile | null {
  try {
    const realRoot = realpathSync(root);
    const target = realpathSync(join(root, path));
    if (!target.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep))
      throw new HostFailure('outside', `"${path}" leads out of the repository and is left alone.`);
    const bytes = regularBytes(target, MAX_BYTES);
    const whole = bytes.toString('utf8');
    if (!Buffer.from(whole, 'utf8').equals(bytes))
      throw new HostFailure(
        'other',
        `${path} is not UTF-8, so it cannot be edited without losing something.`,
      );
    const mark = whole.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
    return {
      ...{ path: relative(realRoot, target).split(sep).join('/'), text: whole.slice(mark.length), mark },
      sha256: createHash('sha256').update(bytes).digest('hex'),
      mode: statSync(target).mode & 0o777,
    };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw systemFailure(error, `read ${path}`);
  }
}
