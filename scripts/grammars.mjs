#!/usr/bin/env node
// `npm run grammars`: writes the TextMate grammars of generator scripts into syntaxes/.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from './lib/root.mjs';
import { SCRIPT_GRAMMARS } from './lib/script-grammars.mjs';

for (const [file, grammar] of Object.entries(SCRIPT_GRAMMARS))
  fs.writeFileSync(path.join(ROOT, 'syntaxes', file), `${JSON.stringify(grammar, null, 2)}\n`);
