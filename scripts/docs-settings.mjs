// Writes docs/settings.md from package.json. A test holds it current.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './lib/root.mjs';
import { settingsPage } from './lib/settings-page.mjs';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
writeFileSync(join(ROOT, 'docs/settings.md'), settingsPage(manifest));
