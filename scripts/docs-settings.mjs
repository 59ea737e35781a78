// Writes docs/settings.md from package.json. A test holds it current.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from './lib/manifest.mjs';
import { ROOT } from './lib/root.mjs';
import { settingsPage } from './lib/settings-page.mjs';

writeFileSync(join(ROOT, 'docs/settings.md'), settingsPage(readManifest()));
