#!/usr/bin/env node
// `npm run l10n`: writes l10n/bundle.l10n.json, the texts of the VS Code side for translators. A test holds it current.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { BUNDLE, bundleText } from './lib/l10n.mjs';

fs.mkdirSync(path.dirname(BUNDLE), { recursive: true });
fs.writeFileSync(BUNDLE, bundleText());
