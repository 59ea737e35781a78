/** The help texts. */
import { exitCodesLine } from './exit-codes.ts';

const OVERVIEW = `\
Varsmith reads the Nix sources of a fleet and says what is wrong with its vars: no Nix, no network needed.

Usage: varsmith COMMAND [OPTIONS]

Commands:
  check [ROOT]      report findings
  inspect [ROOT]    list machines, generators, keys, uses and stored files
  graph [ROOT]      draw which generator is made from which
  env MACHINE       print the session variables that a machine gets
  add secret NAME   add a secret to the registry, and to machines
  add sops NAME     add a secret to an encrypted file of sops-nix, and declare it
  convert SECRET…   make vars of secrets of sops-nix and agenix, with their values
  new generator NAME  write a generator from a template
  init [ROOT]       lay the registry pipeline into a repository
  explain RULE      say what a rule finds, why, and what to do
  rules             list all rules

  plan [ROOT]       say what a run would generate
  generate [ROOT]   generate what is missing, encrypt it and store it
  try GENERATOR     run one generator and store nothing
  list [ROOT]       list vars, with the values of public ones
  get MACHINE VAR   print the value of a var
  set MACHINE VAR   store a value from standard input
  verify [ROOT]     say which vars are missing, outdated, or for the wrong people
  fix [ROOT]        encrypt stored secrets to those they should be for
  access [ROOT]     say who can read what, and what a change gives to whom
  deploy MACHINE    verify a machine's vars, then bring it to its configuration
  allow [ROOT]      let the store's command of varsmith.json be started
  keygen [ROOT]     make a key for you, and you a user
  doctor [ROOT]     say what is found of the fleet and around it, and what is missing

  lsp               run the language server, for an editor

Options:
  -h, --help        this text, or that of a command
  -V, --version     the version
  --json            data for programs, with every command that prints any; the same as --format json

ROOT is the folder of the fleet. Without it, it is the nearest one upward with \`.clan-flake\`, \`flake.nix\` or \`.git\`.
${exitCodesLine()}
`;

const COMMANDS: Readonly<Record<string, string>> = {
  check: `\
Reports findings.

Usage: varsmith check [ROOT] [--format FORMAT] [--rule ID]… [--severity LEVEL] [--fix [--dry-run]]
                      [--baseline FILE] [--write-baseline FILE]

Options:
  --format FORMAT         text (default), lines (one each), json, sarif, or github (annotations of a workflow)
  --rule ID               only this rule, or those of a group (eval/*); may be given several times
  --severity LEVEL        end with code 1 for findings of this level or above: error (default), warning, info, hint
  --fix                   apply the fixes that are certain (never a guess), then report what is left
  --dry-run               with --fix: print what it would change as a diff, and change nothing
  --baseline FILE         leave out the findings that the file lists
  --write-baseline FILE   write all findings to the file, for --baseline

Severities and paths to leave out are set in varsmith.json at the root.
`,
  inspect: `\
Lists machines, generators, registry keys, uses, and what is stored.

Usage: varsmith inspect [ROOT] [--format FORMAT]

Options:
  --format FORMAT    text (default, a summary for people) or json
`,
  graph: `\
Draws which generator is made from which.

Usage: varsmith graph [ROOT] [--machine NAME] [-g GENERATOR] [--group BY] [--format FORMAT]

Options:
  --machine NAME          only what this machine has, and what that is made from
  -g, --generator NAME    only this generator, what it is made from, and what is made from it
  --group BY              draw groups: by machine, or by service (else by module)
  --format FORMAT         svg (default), dot (Graphviz), mermaid (Markdown), or json
`,
  env: `\
Prints the session variables that the registry gives to a machine: NAME_FILE with the path of the deployed file for a
secret, NAME with the value for a public file, and what the session adds to them. What is not known is told in comments.
With --explain it says instead why one variable is there, or why it is not, and ends with 0 or 1.

Usage: varsmith env MACHINE [ROOT] [--shell SHELL] [--all]
       varsmith env [ROOT] --machine MACHINE [--shell SHELL] [--all]
       varsmith env MACHINE [ROOT] --explain NAME [--format FORMAT]

Options:
  -m, --machine MACHINE    the machine; not needed where there is only one
  --shell SHELL            bash (default), nushell, or json
  --all                    below the variables, in comments: the keys of which there is none, and why
  --explain NAME           why the variable NAME is set, or is not: the key is not selected, exports nothing, …; NAME may
                           be a key of the registry, too
  --format FORMAT          text (default) or json
`,
  add: `\
Adds a secret to the registry, in the form of those that are there, and its key to the rows of machines; or a secret to
an encrypted file of sops-nix, with its declaration.

Usage: varsmith add secret NAME [ROOT] [--kind KIND] [--machines M,…] [--yes] [--dry-run]
       varsmith add sops NAME [ROOT] [--file FILE] [--module FILE] [--key KEY] [--random] [-i KEYFILE]… [--dry-run]

What is left open of an entry is as in those that it resembles; on a terminal it asks, with that to be changed.

Options:
  --kind KIND             prompt (default): somebody types the secret in; setting: the same for a public value;
                          password: a script makes it
  --category TEXT         what the entry says of its kind, for example api-key; it takes after those that say the same
  -m, --machines M,…      the machines that get it; may be given several times
  --description TEXT      what is asked for
  --domain TEXT           what it belongs to
  --generator NAME        the generator that makes it
  --env VARIABLE          the environment variable that sessions find it in
  --no-env                in no variable
  --registry FILE         the registry, where there are several
  -y, --yes               ask nothing
  --dry-run               print what would change as a diff, and change nothing

Options of add sops, whose value is typed in, hidden, or read from standard input as it is:
  --file FILE             the encrypted file (default: that of the module's other secrets); a new one is encrypted to
                          those that the creation rule of .sops.yaml names
  --module FILE           where it is declared (default: where others of the file are)
  --key KEY               the key in the file (default: NAME); a slash leads into a map
  --random                make the value: 32 random bytes in letters, digits, - and _
  -i, --identity KEYFILE  a key to open the file with, beside those that sops finds; may be given several times
  --json                  say what was done as JSON
`,
  convert: `\
Makes vars of secrets of sops-nix and agenix: a generator in the place of each declaration, with its owner, group, mode
and units, its value decrypted in memory and stored for the machines that declare it, its uses rewritten, and its old
value taken out of the encrypted file. All of it or nothing; nothing is committed.

Usage: varsmith convert SECRET… [--root ROOT] [--name NAME] [--keep-old] [-i KEYFILE]… [--dry-run]
       varsmith convert --all|--file FILE|--machine M [--root ROOT] [--keep-old] [-i KEYFILE]… [--dry-run]

Options:
  --all                   all that can be converted; what cannot is told, with the reason
  --file FILE             those of an encrypted file, or of a module
  -m, --machine M         those of a machine; may be given several times
  --name NAME             what the generator of one secret is called (default: its name, slashes as dashes)
  --keep-old              leave the old values where they are
  -i, --identity KEYFILE  an age identity or an ssh key to open files with, beside those that sops and age find
  --dry-run               do all of it in memory: print the diff, and what would be stored for whom
  --json                  say what was done as JSON
  --root ROOT             the folder of the fleet
`,
  new: `\
Writes a generator, or a service module with one, from a template.

Usage: varsmith new generator NAME [ROOT] [--template ID] [--file FILE] [--dry-run]
       varsmith new service NAME [ROOT] [--template ID] [--per instance|machine] [--dry-run]

Options:
  --template ID    from-a-prompt, environment-file, random-password (default), password-and-hash, ssh-key,
                   wireguard-key, certificate-authority-and-certificate
  --file FILE      the module to add it to, or a file to make (default modules/NAME.nix)
  --per WHAT       a generator for each instance of the service (default) or for each machine that has any
  --dry-run        print what would change as a diff, and change nothing
`,
  init: `\
Lays the registry pipeline into a repository: registry, matrix, generators function, session variables, accessors and
an example machine. A file that is there already is kept as it is.

Usage: varsmith init [ROOT] [--machine NAME] [--system SYSTEM] [--dry-run]

Options:
  --machine NAME     what the example machine is called (default example); only for a fleet without machines
  --system SYSTEM    its system: x86_64-linux (default), aarch64-linux, aarch64-darwin, x86_64-darwin
  --dry-run          say which files it would make, and make none
`,
  explain: `\
Says what a rule finds, why it matters and what to do, with examples.

Usage: varsmith explain RULE [--json]

Of a group (\`registry\`) it lists the rules.
`,
  rules: `\
Lists all rules with their severities, as varsmith.json sets them.

Usage: varsmith rules [ROOT] [--json]
`,
  plan: `\
Says what a run would do: which generators, in which order, why, and what in their declarations would make it fail.
Keys and installed commands are looked for by generate alone, before it asks or runs anything.

Usage: varsmith plan [ROOT] [--machine M]… [-g GENERATOR]… [--regenerate] [--skip-unknown] [--json]

Options:
  -m, --machine M            only for this machine; may be given several times
  -g, --generator GENERATOR  this one, although it is complete, with all that is made from it
  -r, --regenerate           also what is complete
  --skip-unknown             leave out generators that only Nix can run, with all that depends on them
  --json                     for programs
`,
  generate: `\
Generates what is missing or made from other inputs, and stores it: public values as they are, secrets encrypted.

Usage: varsmith generate [ROOT] [--machine M]… [-g GENERATOR]… [--regenerate] [--prompt ANSWER]… [--yes]

Options:
  -m, --machine M            only for this machine; may be given several times
  -g, --generator GENERATOR  this one, although it is complete, with all that is made from it; or one of its places,
                             such as per-machine/web/GENERATOR
  -r, --regenerate           also what is complete
  --skip-unknown             leave out generators that only Nix can run, with all that depends on them
  --prompt GENERATOR/PROMPT=@FILE
                             the answer to a prompt, from a file (\`@-\`: standard input); MACHINE: in front of it
                             for one machine alone; =VALUE is visible to everybody on this computer
  --dry-run                  say what it would do, as plan does, and do nothing
  -y, --yes                  overwrite stored values, and give keys access that have none today, without asking
  --no-commit                make new files known to git and commit nothing (as CLAN_NO_COMMIT=1)
  --no-sandbox               run scripts with everything that you may do yourself
  --as-root                  as root: run scripts in the sandbox as root, too, instead of as nobody
  --packages SOURCE          auto (default): from the fleet's nixpkgs where Nix is installed; nix, host
  --timeout SECONDS          end a script after this time (default 600)
  --limit NAME=N             how much a script may take: memoryMiB (default 4096), processes (2048), openFiles (4096),
                             fileMiB (16), temporaryMiB (1024); varsmith.json has "limits" for all
  -j, --jobs N               run at most so many scripts at a time (default: one a processor)
  --json                     for programs
  --events                   for programs that watch the run and answer: one JSON object a line
`,
  try: `\
Runs one generator in the sandbox, with what it depends on, and says what it writes. Nothing is read from the store
and nothing is stored; prompts without an answer get a made-up one.

Usage: varsmith try GENERATOR [ROOT] [--machine M] [--prompt ANSWER]… [--no-sandbox] [--as-root]
                    [--packages SOURCE] [--timeout SECONDS] [--limit NAME=N]…
                    [--json | --events]
`,
  list: `\
Lists vars: public ones with their values, secret ones as stars.

Usage: varsmith list [ROOT] [--machine M]… [-g GENERATOR]… [--json]
`,
  get: `\
Prints the value of a var, byte for byte.

Usage: varsmith get MACHINE GENERATOR/FILE [ROOT] [--json]
`,
  set: `\
Stores a value from standard input (on a terminal: hidden, typed twice). What is made from it is left as it is.

Usage: varsmith set MACHINE GENERATOR/FILE [ROOT] [--yes] [--no-commit] [--json]

Options:
  -y, --yes    give keys access that have none today, without asking
`,
  verify: `\
Says which vars are missing, which were made from other inputs, and which are not for those they should be for.
Opens nothing and changes nothing. Ends with code 1 if there are any.

Usage: varsmith verify [ROOT] [--machine M]… [-g GENERATOR]… [--json]
`,
  fix: `\
Encrypts stored secrets to those they should be for. Values stay as they are: to shut somebody out, generate anew.
Names who gains and who loses access. A key that has none today is given it only on request, unless the declarations
alone demand it (a machine that declares the generator since).

Usage: varsmith fix [ROOT] [--machine M]… [-g GENERATOR]… [--yes] [--no-commit] [--json | --events]

Options:
  -y, --yes    give keys access that have none today, without asking
  --events     for programs that watch the run and answer: one JSON object a line
`,
  access: `\
Says who can read which secret, with which key and by which link: users, machines, groups. With --diff, what the changes
since a revision give to whom, and take away. Goes by declarations, links, public keys and what encrypted files say of
themselves; opens nothing, changes nothing and checks nothing out.

Usage: varsmith access [ROOT] [--machine M]… [--user U]… [-g GENERATOR]… [--diff REV] [--format FORMAT]

Options:
  -m, --machine M            only what this machine can read; may be given several times
  --user U                   only what this user can read; may be given several times
  -g, --generator GENERATOR  only the secrets of this one, or of one of its places (per-machine/web/GENERATOR)
  --diff REV                 compare with a revision of git: a branch, a tag, a commit
  --format FORMAT            text (default), json, or markdown (for a pull request; with --diff)
`,
  deploy: `\
Verifies a machine's vars, says what would run, where, and how it is taken back, and runs it once you have confirmed:
\`clan machines update\` where the fleet is a clan and \`clan\` is installed, else \`nixos-rebuild\` or \`darwin-rebuild\`.

Usage: varsmith deploy MACHINE [ROOT] [--test | --install | --rollback] [--target-host HOST] [--build-host HOST]
                       [--local] [--with TOOL] [--anyway] [--yes] [--dry-run [--json]] [-- ARGUMENTS…]

Options:
  --test                until its next start only (nixos-rebuild test)
  --install             install it on a computer that has no NixOS yet (clan): everything on its disks is lost
  --rollback            bring the configuration from before back (nixos-rebuild, darwin-rebuild)
  --target-host HOST    user@host of the machine; without it as the clan says, or this computer
  --build-host HOST     user@host that builds
  --local               this computer is the machine, though it is called otherwise
  --with TOOL           auto (default), clan, rebuild
  --anyway              deploy although the vars have problems
  -y, --yes             do not ask
  --dry-run             say what would run, and run nothing; with --json for programs
  -- ARGUMENTS…         handed on to the program as they are
`,
  allow: `\
Lets the command that varsmith.json names as the store of secrets be started for this folder. The repository chooses it
and it runs with everything that you may do yourself, so look at it first. It has to be allowed anew when it, or a file
of the repository that it names, changes. Where an editor trusts the folder, its commands need no more.

Usage: varsmith allow [ROOT] [--json]
       varsmith allow --list [--json]
       varsmith allow --revoke [ROOT] [--json]

Options:
  --list      the folders and commands that you have allowed
  --revoke    take back what you have allowed for the folder
`,
  keygen: `\
Makes a key for you where you have none, and a user of the repository from it.

Usage: varsmith keygen [ROOT] [--user NAME] [--force] [--no-commit] [--json]

Options:
  --user NAME    your name in sops/users (default: as you are logged in)
  -f, --force    replace the key that a user of this name has
`,
  doctor: `\
Says what is found and what is missing, where it was looked for, and what to do: the root and what is understood of the
fleet, the backend, your keys (places and public halves only), and the programs that Varsmith uses. Ends with code 1 if
something that the fleet wants will not work.

Usage: varsmith doctor [ROOT] [--format text|json]
`,
  lsp: `\
Runs the language server for an editor, over standard input and output.

Usage: varsmith lsp [--stdio]

Options:
  --stdio    what it does anyway; for editors that say it

How to set it up in Neovim, Helix and Emacs: https://github.com/varsmith/varsmith/tree/main/docs/editors
`,
};

/** The help of a command; the overview for null and for names that are no command. */
export function helpOf(command: string | null): string {
  return (command !== null && Object.hasOwn(COMMANDS, command) && COMMANDS[command]) || OVERVIEW;
}
