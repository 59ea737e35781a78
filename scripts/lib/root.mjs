// Where the project lies.

import * as path from 'node:path';

/** The project's root folder, absolute. */
export const ROOT = path.resolve(import.meta.dirname, '../..');
