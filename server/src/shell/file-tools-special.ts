/**
 * Programs whose files cannot be told from a table: copies into directories, key pairs, programs in other languages.
 */
import { copyTools } from './file-tools-copy.ts';
import type { ToolRun } from './flow-programs.ts';
import { noteOpaque, noteRemoval } from './flow-run.ts';
import type { Word1 } from './flow-simple.ts';
import { readOptions } from './tool-options.ts';
import { literal, show, variablesIn, withSuffix } from './values.ts';

export type SpecialTool = (run: ToolRun) => void;

function flag(run: ToolRun, pattern: RegExp): boolean {
  return run.words.some(word => pattern.test(literal(word.value) ?? ''));
}

/** `ssh-keygen -f F` makes `F` and `F.pub`; most other options make it do something else. */
function sshKeygen(run: ToolRun): void {
  const { options, operands } = readOptions(run.words, {
    options: {
      write: 'f',
      read: 's',
      text: 't b C N P O V n I z m Z a E w D F R r T G J K M W j S Y',
      directory: 'k',
    },
  });
  const other = options.some(one =>
    one.role === null ? /[yleicBHLpqQAhUkv]*[yleicBHLpQAkU]/.test(one.name) : /^[sDFRrMYk]$/.test(one.name),
  );
  const signs = options.some(one => one.name === 's');
  const prints = options.some(one => one.role === null && /^q?[yleB]q?v*$/.test(one.name));
  for (const { word, role, value, name } of options) {
    if (value === null) run.option(word);
    else if (name === 'f') {
      const at = { ...word, value };
      if (prints) run.read(at);
      else if (other) run.unknown(at);
      else {
        run.write(at, run.path(at));
        run.write(at, withSuffix(run.path(at), '.pub'));
      }
    } else if (role === 'read') run.read({ ...word, value });
    else run.text({ ...word, value });
  }
  for (const word of operands) {
    if (!signs) {
      run.unknown(word);
      continue;
    }
    run.read(word);
    const path = run.path(word);
    if (path.rest?.endsWith('.pub'))
      run.write(word, { ...path, rest: path.rest.replace(/\.pub$/, '-cert.pub') });
    else run.unknown(word);
  }
}

/** `htpasswd -c FILE USER PASSWORD` writes FILE; with `-n` it prints. */
function htpasswd(run: ToolRun): void {
  const { options, operands } = readOptions(run.words, { options: { text: 'C r' } });
  for (const { word } of options) run.option(word);
  const letters = options
    .filter(one => one.role === null)
    .map(one => one.name)
    .join('');
  const all = run.words
    .map(word => literal(word.value) ?? '')
    .filter(one => /^-[a-zA-Z]/.test(one))
    .join('');
  const given = letters + all;
  const [file, ...rest] = given.includes('n') ? [undefined, ...operands] : operands;
  if (file) run.write(file, run.path(file), true, given.includes('c') ? 'command' : 'change');
  for (const word of rest) if (word) run.text(word);
}

/** `step crypto keypair PUBLIC PRIVATE`, `step certificate create SUBJECT CERT KEY`. */
function step(run: ToolRun): void {
  const [group, action] = run.words.map(word => literal(word.value));
  const { options, operands } = readOptions(run.words, {
    skip: 2,
    options: {
      text: `kty curve crv size profile not-after not-before san set set-file-none bundle-none raw-none subtle-none iss
        aud sub alg kid use`,
      read: 'template ca ca-key password-file ca-password-file provisioner-password-file root key x5c-cert x5c-key set-file from-pub',
      write: 'pub-out-none',
      directory: 'path steppath',
    },
  });
  for (const { word, role, value } of options) {
    if (value === null) run.option(word);
    else if (role === 'read') run.read({ ...word, value });
    else if (role === 'directory') run.directory({ ...word, value });
    else run.text({ ...word, value });
  }
  if (group === 'crypto' && action === 'keypair')
    for (const word of operands) run.write(word, run.path(word));
  else if (group === 'certificate' && action === 'create') {
    const [subject, ...files] = operands;
    if (subject) run.text(subject);
    for (const word of files) run.write(word, run.path(word));
  } else for (const word of operands) run.unknown(word);
}

/** `nix-store --generate-binary-cache-key NAME SECRET PUBLIC` */
function nixStore(run: ToolRun): void {
  const operands = run.words.filter(word => !/^-/.test(literal(word.value) ?? ''));
  if (!flag(run, /^--generate-binary-cache-key$/)) {
    for (const word of run.words) run.unknown(word);
    return;
  }
  const [name, ...files] = operands;
  if (name) run.text(name);
  for (const word of files) {
    if (operands.length === 3) run.write(word, run.path(word));
    else run.unknown(word);
  }
}

/** `cfssljson -bare PREFIX` writes what its input holds. */
function cfssljson(run: ToolRun): void {
  const { options, operands } = readOptions(run.words, { style: 'single', options: { read: 'f' } });
  for (const { word } of options) run.option(word);
  for (const word of operands) {
    const path = run.path(word);
    run.write(word, withSuffix(path, '.pem'), false);
    run.write(word, withSuffix(path, '-key.pem'), false);
    run.write(word, withSuffix(path, '.csr'), false);
  }
}

function remove(run: ToolRun): void {
  for (const word of run.words) {
    if (/^-./.test(literal(word.value) ?? '')) {
      run.option(word);
      continue;
    }
    // What is removed is neither read nor written.
    run.option(word);
    noteRemoval(run.cx.run, run.cx.state, run.path(word));
  }
}

/** `shred` keeps the file unless it is told to remove it. */
function shred(run: ToolRun): void {
  if (flag(run, /^-\w*u|^--remove/)) remove(run);
  else for (const word of run.words) run.option(word);
}

/** `dd if=… of=…` */
function dd(run: ToolRun): void {
  for (const word of run.words) {
    const [first, ...rest] = word.value;
    const key = first?.kind === 'text' ? /^(\w+)=/.exec(first.text)?.[1] : undefined;
    if (key === undefined || first?.kind !== 'text') {
      run.unknown(word);
      continue;
    }
    const tail = first.text.slice(key.length + 1);
    const at: Word1 = {
      ...word,
      value: [...(tail === '' ? [] : [{ kind: 'text' as const, text: tail }]), ...rest],
    };
    if (key === 'of') run.write(at, run.path(at));
    else if (key === 'if') run.read(at);
    else run.option(word);
  }
}

/** `sed -i` changes its files, otherwise it reads them. */
function sed(run: ToolRun): void {
  const { options, operands } = readOptions(run.words, {
    options: { text: 'e expression E-none l line-length', read: 'f file' },
  });
  const inPlace = flag(run, /^(-[nErsz]*i|--in-place)/);
  const hasScript = options.some(one => /^(e|expression|f|file)$/.test(one.name) && one.value !== null);
  for (const { word, role, value } of options) {
    if (value === null) run.option(word);
    else if (role === 'read') run.read({ ...word, value });
    else foreignProgram(run, { ...word, value }, /(^|[^a-zA-Z])w\s*[\w./$]/);
  }
  operands.forEach((word, index) => {
    if (!hasScript && index === 0) foreignProgram(run, word, /(^|;|\/[gp0-9]*)w\s+\S/);
    else if (inPlace) {
      run.read(word);
      run.write(word, run.path(word), true, 'change');
    } else run.read(word);
  });
}

/** A program in another language: its text is looked at only for whether it may write. */
function foreignProgram(run: ToolRun, word: Word1, writes: RegExp): void {
  const shown = show(word.value);
  const { outputs, directories } = run.cx.run.options;
  const named = variablesIn(word.value);
  if (writes.test(shown) && (named.some(name => outputs.includes(name)) || mentionsAny(shown, outputs))) {
    noteOpaque(run.cx.run, 'program', word);
  }
  if (named.some(name => directories.includes(name))) run.unknown(word);
  else run.text(word);
}

function mentionsAny(text: string, names: readonly string[]): boolean {
  return names.some(name => new RegExp(`(^|[^A-Za-z0-9_])${name}([^A-Za-z0-9_]|$)`).test(text));
}

function awk(run: ToolRun): void {
  const { options, operands } = readOptions(run.words, {
    options: { text: 'F v field-separator assign', read: 'f file' },
  });
  const hasFile = options.some(one => one.role === 'read');
  for (const { word, role, value } of options) {
    if (value === null) run.option(word);
    else if (role === 'read') {
      noteOpaque(run.cx.run, 'program', word);
      run.read({ ...word, value });
    } else run.unknown({ ...word, value });
  }
  operands.forEach((word, index) => {
    if (!hasFile && index === 0) foreignProgram(run, word, />|system|\|/);
    else run.read(word);
  });
}

/**
 * Python, Perl, another shell: what they do is not followed. A program given as text that names no directory that
 * matters does nothing that matters; a file may do anything.
 */
function interpreter(run: ToolRun): void {
  const { run: notes, state } = run.cx;
  const { directories, outputs } = notes.options;
  const inline = run.words.findIndex(word => /^(-c|-e|-E|-\w*c|--eval|-m)$/.test(literal(word.value) ?? ''));
  const program = inline === -1 ? null : run.words[inline + 1];
  const all = run.words.map(word => show(word.value)).join(' ');
  const named = run.words.flatMap(word => variablesIn(word.value));
  const fromInput = state.stdin !== 'inherited';
  const harmless =
    program != null &&
    literal(program.value) !== null &&
    !mentionsAny(all, directories) &&
    named.length === 0 &&
    !fromInput;
  const asks =
    run.words.length > 0 &&
    run.words.every(word => /^(--version|-V|--help)$/.test(literal(word.value) ?? ''));
  if (!harmless && !asks) noteOpaque(notes, 'program', run.fact);
  for (const word of run.words) {
    if (variablesIn(word.value).some(name => outputs.includes(name) || directories.includes(name)))
      run.unknown(word);
  }
}

/** `find … -exec cmd {} \;`, `-delete` and the like: the files are not known. */
function find(run: ToolRun): void {
  const acts = flag(run, /^-(exec|execdir|ok|okdir|delete|fprint.*|fls)$/);
  for (const word of run.words) {
    if (variablesIn(word.value).length === 0) continue;
    run.read(word);
    if (acts) run.directory(word);
  }
  if (!acts) return;
  if (flag(run, /^-delete$/)) {
    for (const word of run.words)
      if (variablesIn(word.value).length > 0)
        noteRemoval(run.cx.run, run.cx.state, { ...run.path(word), rest: null });
  }
}

/** `jq --arg name value … program files`; `--rawfile` and `--slurpfile` read. */
function jq(run: ToolRun): void {
  const { words } = run;
  let program = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as Word1;
    const option = literal(word.value) ?? '';
    const value = words[at + 2];
    if (/^--(arg|argjson)$/.test(option)) {
      if (value) run.text(value);
      at += 2;
    } else if (/^--(rawfile|slurpfile)$/.test(option)) {
      if (value) run.read(value);
      at += 2;
    } else if (/^--(indent|tab)$/.test(option)) at += option === '--indent' ? 1 : 0;
    else if (/^(-L|--args|--jsonargs)$/.test(option)) run.option(word);
    else if (/^(-f|--from-file)$/.test(option)) {
      const file = words[++at];
      if (file) run.read(file);
      program = true;
    } else if (option.startsWith('-') && option !== '-') run.option(word);
    else if (!program) {
      program = true;
      run.text(word);
    } else run.read(word);
  }
}

/** `tar`: where it puts what is in an archive is not known. */
function tar(run: ToolRun): void {
  for (const word of run.words) {
    if (variablesIn(word.value).length > 0) run.directory(word);
    else run.option(word);
  }
}

export const SPECIAL_TOOLS: Readonly<Record<string, SpecialTool>> = {
  ...copyTools,
  'ssh-keygen': sshKeygen,
  htpasswd,
  step,
  'nix-store': nixStore,
  cfssljson,
  rm: remove,
  unlink: remove,
  rmdir: remove,
  shred,
  dd,
  sed,
  gsed: sed,
  awk,
  gawk: awk,
  mawk: awk,
  find,
  jq,
  tar,
  unzip: tar,
  ...Object.fromEntries(
    [
      'bash',
      'sh',
      'dash',
      'zsh',
      'fish',
      'nu',
      'python',
      'python3',
      'perl',
      'ruby',
      'node',
      'bun',
      'deno',
      'lua',
      'php',
      'expect',
      'make',
      'parallel',
      'nix-shell',
      'nix-instantiate',
    ].map(name => [name, interpreter]),
  ),
};
