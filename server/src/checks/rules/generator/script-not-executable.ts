/** generator/script-not-executable: a script file is not executable. */

import { expressionsAt } from '../../../edits/locate.ts';
import type { GeneratorBody } from '../../../fleet/model/generators.ts';
import { folderOf, joinPath } from '../../../nix/eval/paths.ts';
import type { Place } from '../../../nix/places.ts';
import { placeIdentity } from '../../../nix/places.ts';
import type { Expr, PathExpr, StringExpr } from '../../../nix/syntax.ts';
import { followed } from '../../facts/followed-scripts.ts';
import { inBodies } from '../../memory/per-body.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const scriptNotExecutable: Rule = {
  id: 'generator/script-not-executable',
  severity: 'error',
  summary: 'A script in a separate file that cannot be run',
  documentation: `\
\`script = ./generate.sh\`, or \`\${./generate.sh}\` as a command: Nix copies the file into its store, and the generator
runs it as a program. The file must therefore be executable (\`chmod +x\`; Nix keeps that bit and no other), or the run
ends with \`Permission denied\`.

If the file begins with \`#!\`, the program named there must exist in the sandbox. Of the usual ones only \`/bin/sh\` does:
\`#!/usr/bin/env bash\` and \`#!/bin/bash\` work on macOS alone, so these are warnings. Without a \`#!\` Bash runs the file
itself. Its options (\`set -euo pipefail\`) are not inherited either way.

\`script = builtins.readFile ./generate.sh;\` needs neither, because the text itself is then the script.

Source: clan-core d7c35d912, \`generic-generator.nix\` and \`clan_lib/sandbox_exec\`.`,
  examples: ({ generatorFile }) => ({
    bad: [
      {
        title: 'A file without the executable bit',
        files: {
          ...generatorFile(
            'token',
            `\
files.token = { };
script = ./token.sh;
#        ^^^^^^^^^^ generator/script-not-executable: chmod +x
`,
          ),
          'modules/token.sh': 'head -c 32 /dev/urandom | base64 -w0 > "$out/token"\n',
        },
        executable: [],
      },
      {
        title: 'An interpreter that is not in the sandbox',
        files: {
          ...generatorFile(
            'token',
            `\
files.token = { };
script = ''
  \${./token.sh} "$out/token"
# ^^^^^^^^^^^^^ generator/script-not-executable: /usr/bin/env
'';
`,
          ),
          'modules/token.sh': '#!/usr/bin/env bash\nhead -c 32 /dev/urandom | base64 -w0 > "$1"\n',
        },
        executable: ['modules/token.sh'],
      },
    ],
    good: [
      {
        title: 'An executable file, and the text of a file',
        files: {
          ...generatorFile('token', 'files.token = { };\nscript = ./token.sh;\n'),
          ...generatorFile('salt', 'files.token = { };\nscript = builtins.readFile ./salt.sh;\n'),
          'modules/token.sh': '#!/bin/sh\nhead -c 32 /dev/urandom | base64 -w0 > "$out/token"\n',
          'modules/salt.sh': '#!/usr/bin/env bash\nhead -c 8 /dev/urandom | base64 -w0 > "$out/token"\n',
        },
        executable: ['modules/token.sh'],
      },
    ],
  }),
  check: function* (context) {
    const seen = new Set<string>();
    for (const { generator, found } of startedIn(context)) {
      for (const { at, path } of found) {
        const report = seen.has(placeIdentity(at)) ? null : reportOf(context, at, path, generator.name);
        seen.add(placeIdentity(at));
        if (report !== null) yield report;
      }
    }
  },
};

/** The started files depend on the body alone; the files themselves are inspected each time. */
const startedIn = inBodies((_, body, context) => startedFiles(body, context));

interface Started {
  readonly at: Place;
  /** Relative to the workspace. */
  readonly path: string;
}

/** Returns the workspace files that are the script or are started by it. */
function startedFiles(body: GeneratorBody, context: CheckContext): Started[] {
  const whole = body
    .options()
    .filter(option => option.of === 'generator' && option.name === 'script' && option.kind === 'path')
    .flatMap(({ valueAt }) => (valueAt === null ? [] : pathsAt(context, valueAt)));
  // A path in a string is relative to the root of the workspace.
  const commands = followed(body.script)?.flow.commands ?? [];
  const words = new Set(
    commands.flatMap(({ word, through }) => (through === null && word.startsWith('${./') ? [word] : [])),
  );
  const inside = body.script === null || words.size === 0 ? [] : pathsAt(context, body.script.at);
  return [...whole, ...inside.filter(({ path }) => words.has(`\${./${path}}`))];
}

/** Returns the paths written at a place, alone or within a string. */
function pathsAt({ sources }: CheckContext, at: Place): Started[] {
  const file = sources.parse(at.file);
  const expr = file === null ? undefined : expressionsAt(file, at.start).findLast(isPathOrString);
  if (expr === undefined) return [];
  const holes = expr.kind === 'path' ? [{ ...expr, expr }] : expr.parts.filter(part => part.kind === 'hole');
  return holes.flatMap(({ expr: inner, start, end }) => {
    const [part] = inner.kind === 'path' ? inner.parts : [];
    if (inner.kind !== 'path' || inner.parts.length !== 1 || part?.kind !== 'text') return [];
    const path = /^\.{1,2}\//.test(part.value) ? joinPath(folderOf(at.file), part.value) : null;
    return path === null ? [] : [{ at: { file: at.file, start, end }, path }];
  });
}

function isPathOrString(expr: Expr): expr is PathExpr | StringExpr {
  return expr.kind === 'path' || expr.kind === 'string';
}

function reportOf({ sources }: CheckContext, at: Place, path: string, name: string): Report | null {
  const text = sources.text(path);
  if (text === null) return null;
  if (sources.isExecutable?.(path) === false)
    return {
      at,
      message: `\`${path}\` is not executable, so the script of generator "${name}" cannot run it. Use \`chmod +x\`, or \`builtins.readFile\`.`,
    };
  const interpreter = /^#![ \t]*(\/\S+)/.exec(text)?.[1];
  if (interpreter === undefined || interpreter === '/bin/sh' || interpreter.startsWith('/nix/store/'))
    return null;
  return {
    at,
    severity: 'warning',
    message:
      `\`${path}\` begins with \`#!${interpreter}\`, which does not exist in the sandbox of generator "${name}" on Linux. ` +
      'Remove the line, or use `builtins.readFile`.',
  };
}
