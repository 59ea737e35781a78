/**
 * Which options and operands of which programs name files that they read or write. What is not listed here counts as
 * unknown where it is handed a place that matters, so that a gap in the table costs a finding and never a wrong one.
 *
 * Written after the programs' own manuals (GNU coreutils 9, OpenSSL 3, OpenSSH 9, GnuPG 2.4, …).
 */

/**
 * `write`: a file made anew; `change`: a file that is there already; `make`: a directory made; `directory`: a place in
 * which the program reads and writes as it likes; `text`: no file, even if it looks like one; `ignore`: neither.
 */
export type Role = 'read' | 'write' | 'change' | 'make' | 'directory' | 'text' | 'ignore' | 'unknown';

export interface FileTool {
  /** Names of options that take a value, without dashes and with blanks between, by what the value is. */
  readonly options?: Readonly<Partial<Record<Exclude<Role, 'ignore' | 'make' | 'unknown'>, string>>>;
  /** What the first operands are. */
  readonly operands?: readonly Role[];
  /** What further operands are; by default `unknown`. */
  readonly rest?: Role;
  /** `single`: long options with one dash (`-out`). */
  readonly style?: 'single';
  /** Options whose file is not written in every run that goes well. */
  readonly unsure?: readonly string[];
  /** Further files that writing an option's file makes, by their ending. */
  readonly also?: Readonly<Record<string, readonly string[]>>;
  /** Words in front that only choose what the program does. */
  readonly skip?: number;
}

/** Programs that read operands (or standard input) and print. */
const READERS = `cat head tail cut tr wc sort uniq tac nl od xxd hexdump base64 base32 basenc md5sum sha1sum sha224sum
  sha256sum sha384sum sha512sum b2sum cksum sum fold fmt expand unexpand paste join comm diff cmp file stat ls du
  strings column rev iconv less more bat jless tsort pr ptx numfmt shuf zcat xzcat zstdcat bzcat`;

/** Programs whose words are no files. */
const TALKERS = `echo seq sleep date uuidgen uuid pwgen xkcdpass mkpasswd diceware apg makepasswd true false yes nproc
  whoami id hostname uname logname tty expr factor dirname basename bc dc argon2 wg nk openssl-rand printenv env kill
  ipcalc sipcalc figlet cowsay hello pwd test which getconf locale tput clear arch hostid groups users numbat
  figlet toilet sync dbus-uuidgen pwqgen bcrypt systemd-id128 systemd-creds-none scrypt-hash rust-motd`;

const OPENSSL: FileTool = {
  style: 'single',
  skip: 1,
  options: {
    write: 'out keyout writerand sigout caout text_out recip_out',
    read: `in key CA CAkey extfile config inkey certfile CAfile signkey sigfile signature prverify verify pubin_file
      peerkey kdfopt_file nocertsfile force_pubkey oldcert ca cert chain untrusted rand paramfile secretfile keyfile`,
    text: `subj addext days newkey pkeyopt algorithm name passin passout pass password k K iv nameopt set_serial macopt
      hmac mac salt digest md cipher inform outform form keyform certopt extensions reqexts startdate enddate
      not_before not_after CAserial CAform macalg iter nodes-none engine provider provparam provider-path aes_key S
      subject caname CSP prexit utf8none purpose aux keyopt sigopt vfyopt`,
  },
  unsure: ['keyout'],
};

const TOOLS: Readonly<Record<string, FileTool>> = {
  ...Object.fromEntries(
    READERS.split(/\s+/).map(name => [
      name,
      {
        options: { text: 'n c d f b w s t k S T j N A v o lines bytes delimiter fields width' },
        rest: 'read',
      } satisfies FileTool,
    ]),
  ),
  ...Object.fromEntries(TALKERS.split(/\s+/).map(name => [name, { rest: 'text' } satisfies FileTool])),
  printf: { rest: 'text' },
  tr: { rest: 'text' },
  sort: {
    options: { write: 'o output', text: 'k t S key field-separator', directory: 'T temporary-directory' },
    rest: 'read',
  },
  base64: { options: { text: 'w wrap' }, rest: 'read' },
  xxd: { options: { text: 'c cols g groupsize l len o s seek n name R' }, operands: ['read', 'write'] },
  od: { options: { text: 'A t N j w S address-radix format read-bytes skip-bytes' }, rest: 'read' },
  grep: {
    options: { text: 'e regexp m max-count A B C color include exclude', read: 'f file' },
    operands: ['text'],
    rest: 'read',
  },
  egrep: { options: { text: 'e m A B C' }, operands: ['text'], rest: 'read' },
  rg: { options: { text: 'e g m A B C', read: 'f' }, operands: ['text'], rest: 'read' },
  tee: { options: { text: 'output-error' }, rest: 'write' },
  touch: { options: { text: 't d date time', read: 'r reference' }, rest: 'write' },
  truncate: { options: { text: 's size', read: 'r reference' }, rest: 'write' },
  mkfifo: { options: { text: 'm mode' }, rest: 'write' },
  mkdir: { options: { text: 'm mode' }, rest: 'make' },
  chmod: { options: { read: 'reference' }, operands: ['text'], rest: 'ignore' },
  chown: { options: { read: 'reference' }, operands: ['text'], rest: 'ignore' },
  chgrp: { options: { read: 'reference' }, operands: ['text'], rest: 'ignore' },
  mktemp: { options: { directory: 'p tmpdir', text: 'suffix' }, rest: 'directory' },
  split: {
    options: { text: 'a b C l n d suffix-length bytes lines number' },
    operands: ['read', 'directory'],
  },
  csplit: { options: { directory: 'f prefix', text: 'b n' }, operands: ['read'], rest: 'text' },
  install: {},
  // Programs in other languages than Bash are opaque: special tools look at their text.
  jq: {
    options: { read: 'from-file f slurpfile-none', text: 'indent L' },
    operands: ['text'],
    rest: 'read',
  },
  curl: {
    options: {
      write: 'o output D dump-header c cookie-jar',
      text: 'X request H header d data u user A user-agent x proxy w write-out e referer m max-time retry connect-timeout data-raw data-urlencode url F form',
      read: 'T upload-file E cert key cacert K config b cookie data-binary netrc-file',
      directory: 'output-dir',
    },
    unsure: ['o', 'output', 'D', 'dump-header', 'c', 'cookie-jar'],
    rest: 'text',
  },
  wget: {
    options: {
      write: 'O output-document o output-file',
      directory: 'P directory-prefix',
      text: 'U header post-data user password t tries T timeout',
    },
    unsure: ['O', 'output-document', 'o', 'output-file'],
    rest: 'text',
  },
  'age-keygen': { options: { write: 'o output' }, rest: 'read' },
  age: {
    options: { write: 'o output', read: 'i identity R recipients-file', text: 'r recipient j' },
    rest: 'read',
  },
  rage: {
    options: {
      write: 'o output',
      read: 'i identity R recipients-file',
      text: 'r recipient j max-work-factor',
    },
    rest: 'read',
  },
  'rage-keygen': { options: { write: 'o output' }, rest: 'read' },
  'ssh-to-age': { style: 'single', options: { write: 'o', read: 'i' } },
  'ssh-to-pgp': {
    style: 'single',
    options: { write: 'o public-key-out-none', read: 'i', text: 'comment email format name' },
  },
  mkcert: {
    style: 'single',
    options: { write: 'cert-file key-file p12-file', read: 'csr' },
    rest: 'text',
    unsure: ['p12-file', 'key-file'],
  },
  certtool: {
    options: {
      write: 'outfile',
      read: 'infile load-privkey load-pubkey load-request load-certificate load-ca-privkey load-ca-certificate template load-crl load-data',
      text: 'password bits curve hash sec-param key-type pkcs-cipher provider dh-bits',
    },
  },
  gpg: {
    options: {
      write: 'o output',
      read: 'passphrase-file batch-none',
      text: 'r recipient u local-user passphrase pinentry-mode passphrase-fd default-key cipher-algo status-fd compress-algo',
      directory: 'homedir',
    },
    unsure: ['o', 'output'],
    rest: 'read',
  },
  qrencode: {
    options: {
      write: 'o output',
      read: 'r read-from',
      text: 's size l level v m margin d dpi t type foreground background',
    },
    rest: 'text',
  },
  minisign: { options: { write: 'p s x', read: 'm', text: 'c t P' }, unsure: ['p', 's', 'x'] },
  dropbearkey: { options: { write: 'f', text: 't s c C' }, unsure: ['f'] },
  puttygen: {
    options: { write: 'o', text: 't b C O', read: 'old-passphrase new-passphrase' },
    operands: ['read'],
  },
  'rndc-confgen': { options: { write: 'c', text: 'A b k p s u t' } },
  'tsig-keygen': { options: { text: 'a' }, rest: 'text' },
  'dnssec-keygen': { options: { directory: 'K', text: 'a b n f L P A R I D i g p r s t v T' }, rest: 'text' },
  'ssh-keyscan': { options: { read: 'f', text: 'p t T' }, rest: 'text' },
  caddy: {
    options: { text: 'p plaintext a algorithm salt bcrypt-cost' },
    operands: ['text'],
    rest: 'unknown',
  },
  authelia: {
    options: {
      text: 'password random.length random.charset v variant s salt-size i iterations m memory p parallelism k key-size common-name bits sans',
      directory: 'directory d',
      read: 'config c',
    },
    rest: 'text',
  },
  vault: { options: { text: 'address format field' } },
  envsubst: { rest: 'text' },
  replace: {},
  sponge: { rest: 'write' },
  generate_signing_key: { options: { write: 'o output_file' } },
  'generate-keys': {
    style: 'single',
    options: {
      write: 'private-key tls-cert tls-key',
      read: 'tls-authority-cert tls-authority-key',
      text: 'server keysize',
    },
    unsure: ['private-key'],
  },
  signify: { options: { write: 'p s x', read: 'm', text: 'c' }, unsure: ['p', 's', 'x'] },
  'wg-keygen': {},
  bw: { rest: 'text' },
  tailscale: { rest: 'text' },
  cp: {},
};

/** Tools that another word chooses among: `nix key generate-secret`. */
const CHOSEN: Readonly<Record<string, (texts: readonly (string | null)[]) => FileTool | null>> = {
  openssl: openssl,
  nix: texts =>
    texts.includes('key') || texts.includes('hash')
      ? {
          options: { text: 'extra-experimental-features key-name type to from option experimental-features' },
          rest: 'text',
        }
      : null,
  'pwgen-secure': () => null,
  // `wg genkey`, `wg genpsk`, `wg pubkey` read and print; the others talk to the kernel.
  wg: texts => (['genkey', 'genpsk', 'pubkey'].includes(texts[0] ?? '') ? { rest: 'text' } : null),
  sops: texts =>
    texts.some(one => one === '-i' || one === '--in-place')
      ? null
      : {
          options: {
            write: 'output',
            read: 'config',
            text: 'age pgp kms input-type output-type extract set encrypted-regex filename-override',
          },
          unsure: ['output'],
          rest: 'read',
        },
  yq: texts =>
    texts.some(one => one !== null && /^(-\w*i|--inplace|--in-place|eval-all|ea|-s|--split-exp)/.test(one))
      ? null
      : {
          options: { text: 'indent o p output-format input-format arg argjson', read: 'from-file' },
          operands: ['text'],
          rest: 'read',
        },
};

function openssl(texts: readonly (string | null)[]): FileTool | null {
  const [command] = texts;
  if (command === null || command === undefined || command === 'ca' || command === 'ts') return null;
  const writesKey = texts.includes('-newkey') || !texts.includes('-key');
  const known = { ...OPENSSL, unsure: command === 'req' && writesKey ? [] : ['keyout'] };
  const text = [
    'rand',
    'passwd',
    'genrsa',
    'dhparam',
    'prime',
    'version',
    'list',
    'gendsa',
    'ecparam',
    'genpkey',
  ];
  return { ...known, rest: text.includes(command) ? 'text' : 'read' };
}

/** What a program does with its words; null if that is not known. */
export function fileTool(name: string, texts: readonly (string | null)[]): FileTool | null {
  const chosen = Object.hasOwn(CHOSEN, name) ? CHOSEN[name] : undefined;
  if (chosen) return chosen(texts);
  return (Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined) ?? null;
}
