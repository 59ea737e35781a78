/** generator/broken-pipe: an endless source in front of `head`, which fails under pipefail. */
import type { Place } from '../../../nix/places.ts';
import { statementsIn } from '../../../shell/flow/visit.ts';
import type { PipelineStatement, Statement } from '../../../shell/syntax.ts';
import {
  forEachScript,
  isDecisive,
  mayRedefineNames,
  mayRun,
  named,
  type ScriptedGenerator,
} from '../../facts/generator/scripted-generators.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

/** Programs that run for as long as their input continues. */
const FILTERS: ReadonlySet<string> = new Set(
  'tr cat base64 base32 basenc od xxd hexdump strings fold sed grep awk dd'.split(' '),
);
const ENDLESS = /^dev\/(u?random|zero)$/;
const LIMITED = /^(count=|-N|-l|-n|-m|--(length|read-bytes|len|bytes|max-count)\b)/;

export const brokenPipe: Rule = {
  id: 'generator/broken-pipe',
  severity: 'error',
  summary: 'An endless source before `head`, which fails under `pipefail`',
  documentation: `\
\`tr -dc a-z < /dev/urandom | head -c 32\`: \`head\` exits when it has enough, the endless program before it is killed by
SIGPIPE, and with \`set -o pipefail\` the whole pipeline exits with its status, 141. Scripts of generators run with
\`set -euo pipefail\`: the script ends there, without a message.

The same pipeline in \`$(…)\` as an argument (\`echo "$(…)"\`) is fine, because its status is ignored; as the value of an
assignment it is not.

Take a limited amount first (\`head -c 64 /dev/urandom | base64\`), use a tool made for it (\`openssl rand -hex 32\`,
\`pwgen -s 32 1\`), or ignore the status of the source alone: \`{ tr … || true; } | head\`.

Source: clan-core d7c35d912, \`generic-generator.nix\` (\`set -euo pipefail\`); Bash's manual, "Pipelines".`,
  examples: ({ generatorFile }) => ({
    bad: [
      {
        title: 'As a command, and as the value of a variable',
        files: generatorFile(
          'password',
          `\
files.password = { };
files.salt = { };
script = ''
  tr -dc A-Za-z0-9 < /dev/urandom | head -c 32 > "$out/password"
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ generator/broken-pipe: 141
  salt=$(cat /dev/urandom | tr -dc a-z | head -c 8)
  #      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ generator/broken-pipe
  printf %s "$salt" > "$out/salt"
'';
`,
        ),
      },
    ],
    good: [
      {
        title: 'A limited source, a status that is ignored, and one that nobody looks at',
        files: generatorFile(
          'password',
          `\
files.password = { };
files.salt = { };
files.env = { };
script = ''
  head -c 24 /dev/urandom | base64 -w0 > "$out/password"
  { tr -dc a-z < /dev/urandom || true; } | head -c 8 > "$out/salt"
  echo "TOKEN=$(tr -dc a-z < /dev/urandom | head -c 40)" > "$out/env"
'';
`,
        ),
      },
      {
        title: 'Without pipefail',
        files: generatorFile(
          'password',
          `\
files.password = { };
script = ''
  set +o pipefail
  tr -dc A-Za-z0-9 < /dev/urandom | head -c 32 > "$out/password"
'';
`,
        ),
      },
    ],
  }),
  check: forEachScript(function* (scripted, context): Iterable<Report> {
    const { flow, tree } = scripted.script;
    if (mayRedefineNames(scripted)) return;
    if (flow.options.some(({ name, on }) => !on && (name === 'pipefail' || name === 'errexit'))) return;
    if (flow.pipelines.length === 0 || !scripted.script.source.text.includes('head')) return;
    for (const { statement, fatal } of statementsIn(tree.body)) {
      if (statement.kind !== 'pipeline' || !mayRun(scripted, statement)) continue;
      const facts = flow.pipelines.filter(
        pipeline => pipeline.start === statement.start && pipeline.end === statement.end,
      );
      if (!fatal && !facts.some(fact => fact.checked)) continue;
      const head = endOfSource(scripted, statement);
      const last = head === null ? undefined : statement.stages[head];
      if (head === null || last === undefined) continue;
      const shown = simple(last);
      const at = scripted.script.placeOf({
        start: statement.start,
        end: shown?.words.at(-1)?.end ?? last.end,
      });
      if (at === null) continue;
      yield {
        at,
        severity: facts.some(fact => isDecisive(scripted, fact)) ? 'error' : 'warning',
        message:
          `\`head\` exits early, which kills the program before it, so under \`pipefail\` this ends the script of ${named(scripted)} ` +
          'with status 141. Take a limited amount first, or ignore the status of the source.',
        fixes: fixesOf(scripted, context, statement, head),
      };
    }
  }),
};

/** Returns the stage that ends early after an endless one, or null. */
function endOfSource(scripted: ScriptedGenerator, { stages }: PipelineStatement): number | null {
  const first = stages.findIndex(stage => isEndless(scripted, stage));
  if (first === -1) return null;
  const head = stages.findIndex((stage, index) => index > first && isHead(stage));
  return head === -1 ? null : head;
}

function simple(stage: Statement) {
  if (stage.kind === 'redirected') return stage.body.kind === 'simple' ? stage.body : null;
  return stage.kind === 'simple' ? stage : null;
}

function textsOf(stage: Statement): (string | null)[] {
  return (simple(stage)?.words ?? []).map(({ parts }) => {
    const [part] = parts;
    return parts.length === 1 && part?.kind === 'text' ? part.text : null;
  });
}

function isHead(stage: Statement): boolean {
  const [name, ...words] = textsOf(stage);
  if (name !== 'head') return false;
  // Given a file, it needs no source; "all but the last" never ends.
  return words.every((word, index) => {
    const isCount = /^-[cn]$|^--(bytes|lines)$/.test(words[index - 1] ?? '');
    if (word === null) return isCount;
    return isCount ? !word.startsWith('-') : /^-/.test(word) && !/^-[cn]-|=-/.test(word);
  });
}

function isEndless({ script }: ScriptedGenerator, stage: Statement): boolean {
  const [name, ...words] = textsOf(stage);
  if (name === 'yes') return true;
  if (name == null || !FILTERS.has(name)) return false;
  if (words.some(word => (word === null ? name !== 'tr' : LIMITED.test(word)))) return false;
  return script.flow.reads.some(
    ({ start, end, path }) =>
      stage.start <= start && end <= stage.end && path.root === 'absolute' && ENDLESS.test(path.rest ?? ''),
  );
}

function fixesOf(
  { script }: ScriptedGenerator,
  { sources }: CheckContext,
  { start, stages }: PipelineStatement,
  head: number,
): Fix[] {
  const end = stages[head - 1]?.end ?? start;
  const at = script.placeOf({ start, end });
  if (at === null) return [];
  const written = sources.parse(at.file)?.text.slice(at.start, at.end) ?? '';
  const text = script.source.text.slice(start, end);
  if (written[0] !== text[0] || written.at(-1) !== text.at(-1)) return [];
  const insert = (offset: number, added: string): Place & { readonly text: string } => ({
    file: at.file,
    start: offset,
    end: offset,
    text: added,
  });
  const edits = [insert(at.start, '{ '), insert(at.end, ' || true; }')];
  return [{ title: 'Ignore the status of the source', edits, preferred: true }];
}
