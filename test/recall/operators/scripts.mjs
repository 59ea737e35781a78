// Mistakes in scripts and prompts.

import {
  breaksWithout,
  commandOf,
  matchesIn,
  namesOutput,
  outputOf,
  programsOf,
  withoutComments,
} from '../bash.mjs';
import { typo } from '../chance.mjs';
import { isSecret } from '../generator.mjs';
import {
  inserted,
  isOnlyOne,
  isPersisted,
  misspelt,
  removed,
  renamed,
  replaced,
  spotsOf,
  usesOf,
  wordIn,
} from '../mutant.mjs';
import { inScript, plainScripts } from '../scripts.mjs';

const whole = ({ 0: text, index }) => ({ text, start: index, end: index + text.length });

/** A part of a script by another text. */
const rewritten = (generator, word, text, more) =>
  replaced(generator.file, inScript(generator, word), text, { generator, ...more });

const PROMPT_READ = /\$(?:prompts|\{prompts\})"?\/([a-zA-Z][\w.-]*)/g;
const promptReads = ({ script }) => matchesIn(script, PROMPT_READ);

const OUTPUT_WRITE = />\s*"?\$(?:out|\{out\})"?\/([a-zA-Z][\w.-]*)"?/g;

/** Redirections into a declared file that the script names nowhere else. */
function outputWrites({ script, files, prompts }) {
  return matchesIn(script, OUTPUT_WRITE).filter(
    ([, name]) => files.has(name) && !prompts.has(name) && matchesIn(script, outputOf(name)).length === 1,
  );
}

/** One mutant for each such redirection. */
function ofWrites(fleet, make) {
  return plainScripts(fleet).flatMap(generator =>
    outputWrites(generator).flatMap(match => {
      const also = [{ file: generator.file, at: generator.files.get(match[1]).bindings[0].start }];
      return make(generator, match, also) ?? [];
    }),
  );
}

/** Makes a part of a script go, where Bash does not read it any more then. */
const broken = (generator, word) =>
  rewritten(generator, word, '', { isMistake: () => breaksWithout(generator.script, word) });

/** Scripts in `''…''`. */
const longScripts = fleet => plainScripts(fleet).filter(({ script }) => script.quotes === 2);

const ASSIGNMENT = /(?:^|\n|;)\s*(?:local |export )?([A-Za-z_]\w{2,})=/g;
const RANDOM =
  /openssl rand (?:-hex|-base64) \d+(?= *(?:\||>|\)|$))|pwgen [^|>'"\n]*?(?= *[|>])|xkcdpass [^|>'"\n]*?(?= *[|>])/g;

/** @type {Record<string, import('../mutant.mjs').Operator>} */
export const SCRIPTS = {
  'out-renamed': (fleet, chance) =>
    ofWrites(fleet, (generator, match, also) => {
      const slip = typo(match[1], chance, new Set(generator.files.keys()));
      return rewritten(generator, wordIn(match), slip, { names: [slip, match[1]], also });
    }),

  'out-forgotten': fleet =>
    ofWrites(fleet, (generator, match, also) => {
      if (match[0].includes('${')) return [];
      const target = match[0].includes('"') ? `> "${match[1]}"` : `> ${match[1]}`;
      return rewritten(generator, whole(match), target, { names: [match[1]], also });
    }),

  'redirect-forgotten': fleet =>
    ofWrites(fleet, (generator, match, also) =>
      rewritten(generator, whole(match), '', { names: [match[1]], also }),
    ),

  'secret-echoed': fleet =>
    ofWrites(fleet, (generator, match) => {
      const { script, document, files, file } = generator;
      const end = script.start + whole(match).end;
      const newline = document.text.indexOf('\n', end);
      const isLast = newline >= 0 && newline <= script.end && /^\s*$/.test(document.text.slice(end, newline));
      if (isSecret(files.get(match[1])) !== true || !isLast) return [];
      return inserted(file, newline, `\ncat "$out/${match[1]}"`, { names: [match[1]], generator });
    }),

  'old-facts-variable': fleet =>
    plainScripts(fleet).flatMap(generator =>
      matchesIn(generator.script, /\$out(?=[/"])/g).map(match =>
        rewritten(generator, whole(match), '$secrets', { names: ['$secrets'] }),
      ),
    ),

  'nix-interpolated-out': fleet =>
    plainScripts(fleet)
      .filter(({ document }) => !/\bout\s*=/.test(document.text))
      .flatMap(generator =>
        matchesIn(generator.script, /(?<!\$)\$(out|in|prompts)(?=[/"])/g).map(match =>
          rewritten(generator, whole(match), `\${${match[1]}}`, { names: [match[1]], mayNotParse: true }),
        ),
      ),

  'prompt-removed': fleet =>
    plainScripts(fleet).flatMap(generator =>
      [...generator.prompts]
        .filter(
          ([name, { bindings }]) =>
            bindings.length === 1 && promptReads(generator).some(match => match[1] === name),
        )
        .map(([name, { bindings }]) => removed(generator, bindings[0], { names: [name], generator })),
    ),

  'prompt-read-typo': (fleet, chance) =>
    plainScripts(fleet).flatMap(generator =>
      promptReads(generator)
        .filter(([, name]) => generator.prompts.has(name) && name.length > 2)
        .map(match => {
          const slip = typo(match[1], chance, new Set(generator.prompts.keys()));
          return rewritten(generator, wordIn(match), slip, { names: [slip, match[1]] });
        }),
    ),

  'prompt-renamed-in-declaration': (fleet, chance) =>
    plainScripts(fleet).flatMap(generator =>
      [...generator.prompts]
        .filter(
          ([name, { bindings }]) =>
            bindings.length === 1 &&
            name.length > 2 &&
            promptReads(generator).some(match => match[1] === name),
        )
        .map(([name, { part }]) => {
          const slip = typo(name, chance, new Set(generator.prompts.keys()));
          return renamed(generator.file, part, slip, { names: [slip, name], generator });
        }),
    ),

  'cat-forgotten': fleet =>
    plainScripts(fleet).flatMap(generator => [
      ...matchesIn(generator.script, /\$\(\s*(?:cat|<)\s+("?\$(?:prompts|in)"?\/[\w./-]+"?)\s*\)/g).map(
        match => rewritten(generator, whole(match), match[1].replace(/"/g, '')),
      ),
      ...matchesIn(generator.script, /(?<=^|\n|;|&&)([ \t]*)cat\s+(?="?\$(?:prompts|in)"?\/[^\n]*>)/g).map(
        match => {
          const start = match.index + match[1].length;
          return rewritten(generator, { text: 'cat', start, end: start + 3 }, 'echo');
        },
      ),
    ]),

  // Where the script reads the answer itself and nobody uses the file, it is no mistake.
  'persist-removed': fleet =>
    fleet.generators.flatMap(generator =>
      [...generator.prompts.keys()]
        .filter(name => {
          const { script } = generator;
          if (!isPersisted(generator, name)) return false;
          if (script === null) return true;
          const writesWhole = /\$out/.test(script.text.replace(/\$out"?\/[\w.-]+/g, ''));
          return usesOf(fleet, generator, name).length > 0 && !namesOutput(script, name) && !writesWhole;
        })
        .map(name =>
          removed(generator, generator.prompts.get(name).options.get('persist'), {
            names: [name],
            generator,
            also: spotsOf(usesOf(fleet, generator, name)),
          }),
        ),
    ),

  'persist-old-name': fleet =>
    fleet.generators.flatMap(generator =>
      [...generator.prompts.values()].flatMap(({ options }) => {
        const persist = options.get('persist');
        if (persist === undefined) return [];
        return replaced(generator.file, persist.parts[0], 'createFile', { names: ['createFile'], generator });
      }),
    ),

  'script-removed': fleet =>
    fleet.generators
      .filter(
        generator =>
          generator.script !== null &&
          [...generator.files.keys()].some(name => !isPersisted(generator, name)) &&
          (!generator.name || isOnlyOne(fleet, generator)),
      )
      .map(generator =>
        removed(generator, generator.script.binding, { names: [...generator.files.keys()], generator }),
      ),

  'runtime-input-removed': fleet =>
    plainScripts(fleet).flatMap(generator => {
      const { packages, script, file } = generator;
      const isNeeded = item =>
        programsOf(item).some(
          program =>
            commandOf(program).test(withoutComments(script.text)) &&
            !packages.some(other => other !== item && programsOf(other).includes(program)),
        );
      return packages
        .filter(isNeeded)
        .map(item => replaced(file, item, '', { names: programsOf(item), generator }));
    }),

  'absolute-program': fleet =>
    plainScripts(fleet).flatMap(generator =>
      generator.packages.flatMap(programsOf).flatMap(program => {
        const match = commandOf(program).exec(withoutComments(generator.script.text));
        if (match === null) return [];
        const at = generator.script.start + match.index + match[0].length - program.length;
        const names = [`/usr/bin/${program}`, program];
        return inserted(generator.file, at, '/usr/bin/', { names, generator });
      }),
    ),

  'shell-variable-typo': (fleet, chance) =>
    plainScripts(fleet).flatMap(generator => {
      const text = withoutComments(generator.script.text);
      const variables = new Set([...text.matchAll(ASSIGNMENT)].map(match => match[1]));
      return [...variables].flatMap(variable =>
        [...text.matchAll(new RegExp(`(?<![\\w'])\\$(${variable})(?!\\w)`, 'g'))]
          .filter(({ index }) => index > text.indexOf(`${variable}=`))
          .map(match => misspelt(generator.file, inScript(generator, wordIn(match)), chance, { generator })),
      );
    }),

  'quote-forgotten': fleet =>
    longScripts(fleet).flatMap(generator =>
      matchesIn(generator.script, /"\$(?:out|prompts|in)\/[\w./-]+"/g).map(match => {
        const { end } = whole(match);
        return broken(generator, { text: '"', start: end - 1, end });
      }),
    ),

  'bash-unclosed': fleet =>
    longScripts(fleet).flatMap(generator =>
      matchesIn(generator.script, /(?<=\n)[ \t]*(fi|done|esac)\b[^\n]*|(?<=\$\([^()\n]*)\)/g).map(match =>
        broken(generator, whole(match)),
      ),
    ),

  'random-forgotten': fleet =>
    plainScripts(fleet).flatMap(generator =>
      matchesIn(generator.script, RANDOM).map(match =>
        rewritten(generator, whole(match), 'date +%s | sha256sum', { names: ['date'] }),
      ),
    ),
};
