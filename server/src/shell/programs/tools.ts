/**
 * Which commands which packages of nixpkgs bring, for the packages that generator scripts use. Each list has what is in
 * the package's `bin` (`…` at its end: there is more that nobody calls in scripts). A package that is not here is not
 * known, and nothing can be said of its commands.
 *
 * Written after nixpkgs' package definitions (release 26.05).
 */
import { BUILTINS, COREUTILS } from './names.ts';

const PACKAGES: Readonly<Record<string, string>> = {
  acl: 'chacl getfacl setfacl',
  age: 'age age-keygen age-inspect age-plugin-batchpass',
  'age-plugin-fido2-hmac': 'age-plugin-fido2-hmac',
  'age-plugin-ledger': 'age-plugin-ledger',
  'age-plugin-se': 'age-plugin-se',
  'age-plugin-tpm': 'age-plugin-tpm',
  'age-plugin-yubikey': 'age-plugin-yubikey',
  apacheHttpd: 'ab apachectl htcacheclean htdbm htdigest htpasswd httpd httxt2dbm logresolve rotatelogs …',
  apg: 'apg apgbfm',
  attr: 'attr getfattr setfattr',
  'attic-client': 'attic',
  'attic-server': 'atticd atticadm',
  authelia: 'authelia',
  awscli2: 'aws aws_completer',
  bash: 'bash sh bashbug',
  bashInteractive: 'bash sh bashbug',
  bc: 'bc dc',
  bind: 'named rndc rndc-confgen tsig-keygen dnssec-keygen dnssec-signzone dnssec-dsfromkey named-checkconf named-checkzone ddns-confgen dig host nslookup nsupdate delv …',
  bitwarden_cli: 'bw',
  'bitwarden-cli': 'bw',
  borgbackup: 'borg borgfs',
  brotli: 'brotli',
  bubblewrap: 'bwrap',
  busybox: 'busybox …',
  bws: 'bws',
  bzip2: 'bzip2 bunzip2 bzcat bzip2recover bzdiff bzgrep bzmore',
  caddy: 'caddy',
  cacert: '',
  certstrap: 'certstrap',
  cfssl:
    'cfssl cfssljson cfssl-bundle cfssl-certinfo cfssl-newkey cfssl-scan mkbundle multirootca cfssl-ocspserve',
  'clan-cli': 'clan',
  cloudflared: 'cloudflared',
  coreutils: '',
  'coreutils-full': '',
  cpio: 'cpio',
  cryptsetup: 'cryptsetup integritysetup veritysetup',
  curl: 'curl wcurl',
  curlFull: 'curl wcurl',
  dbus: 'dbus-uuidgen dbus-daemon dbus-send dbus-launch dbus-monitor dbus-run-session …',
  dendrite: 'dendrite generate-keys create-account furl resolve-state generate-config …',
  diceware: 'diceware',
  diffutils: 'cmp diff diff3 sdiff',
  dig: 'dig delv nslookup host nsupdate …',
  dnscontrol: 'dnscontrol',
  dos2unix: 'dos2unix unix2dos mac2unix unix2mac',
  dropbear: 'dropbear dropbearkey dropbearconvert dbclient scp ssh …',
  dumbpipe: 'dumbpipe',
  easyrsa: 'easyrsa easyrsa-init',
  expect: 'expect unbuffer autoexpect mkpasswd passmass …',
  fd: 'fd',
  ffmpeg: 'ffmpeg ffprobe ffplay',
  figlet: 'figlet chkfont figlist showfigfonts',
  file: 'file',
  findutils: 'find xargs locate updatedb',
  fq: 'fq',
  garage: 'garage',
  gawk: 'gawk awk gawk-5.3.2 gawkbug',
  gh: 'gh',
  git: 'git git-shell git-upload-pack git-receive-pack scalar git-cvsserver …',
  gitMinimal: 'git git-shell git-upload-pack git-receive-pack scalar …',
  gnugrep: 'grep egrep fgrep',
  gnumake: 'make',
  gnupatch: 'patch',
  gnupg:
    'gpg gpg2 gpgconf gpg-agent gpg-connect-agent gpgsm gpgv gpgsplit gpgtar dirmngr dirmngr-client kbxutil watchgnupg gpg-card gpg-wks-server gpgparsemail gpgscm gpg-authcode-sign.sh …',
  gnused: 'sed',
  gnutar: 'tar',
  gnutls:
    'certtool danetool gnutls-cli gnutls-serv gnutls-cli-debug ocsptool p11tool psktool srptool tpmtool …',
  go: 'go gofmt',
  grafana: 'grafana grafana-server grafana-cli',
  grpcurl: 'grpcurl',
  gzip: 'gzip gunzip zcat zcmp zdiff zegrep zfgrep zforce zgrep zless zmore znew gzexe uncompress',
  headscale: 'headscale',
  hexdump: 'hexdump hd',
  'home-assistant-cli': 'hass-cli',
  hostname: 'hostname',
  'hostname-debian': 'hostname domainname dnsdomainname nisdomainname ypdomainname',
  inetutils:
    'ftp hostname ifconfig logger ping ping6 rcp rexec rlogin rsh talk telnet tftp traceroute whois dnsdomainname …',
  influxdb2: 'influx influxd',
  iproute2: 'ip ss tc bridge nstat …',
  ipcalc: 'ipcalc',
  isync: 'mbsync mdconvert mbsync-get-cert',
  jc: 'jc',
  jo: 'jo',
  jq: 'jq',
  jwt: 'jwt',
  'jwt-cli': 'jwt',
  kanidm: 'kanidm kanidmd kanidm_tools …',
  keepassxc: 'keepassxc keepassxc-cli keepassxc-proxy',
  kmod: 'kmod lsmod modprobe insmod rmmod depmod modinfo',
  kubectl: 'kubectl kubectl-convert',
  lego: 'lego',
  less: 'less lessecho lesskey',
  libargon2: 'argon2',
  libossp_uuid: 'uuid uuid-config',
  libressl: 'openssl ocspcheck nc',
  libsecret: 'secret-tool secret-tool',
  libxml2: 'xmllint xmlcatalog',
  livekit: 'livekit-server',
  'livekit-cli': 'lk livekit-cli',
  lldap: 'lldap lldap_migration_tool lldap_set_password',
  lz4: 'lz4 lz4c lz4cat unlz4',
  makepasswd: 'makepasswd',
  'matrix-authentication-service': 'mas-cli',
  'matrix-synapse':
    'synapse_homeserver generate_signing_key generate_config hash_password register_new_matrix_user synapse_worker synapse_port_db synapse_review_recent_signups update_synapse_database export_signing_key synctl …',
  'matrix-synapse-unwrapped':
    'synapse_homeserver generate_signing_key generate_config hash_password register_new_matrix_user synapse_worker …',
  miniflux: 'miniflux',
  minio: 'minio',
  'minio-client': 'mc',
  minisign: 'minisign',
  mkcert: 'mkcert',
  mkp224o: 'mkp224o mkp224o-donna mkp224o-amd64-51-30k mkp224o-amd64-64-24k mkp224o-ref10 …',
  mkpasswd: 'mkpasswd',
  mosquitto:
    'mosquitto mosquitto_passwd mosquitto_pub mosquitto_sub mosquitto_rr mosquitto_ctrl mosquitto_signal …',
  mycelium: 'mycelium',
  nak: 'nak',
  'nats-server': 'nats-server',
  natscli: 'nats',
  nebula: 'nebula nebula-cert',
  netbird: 'netbird',
  netcat: 'nc',
  'netcat-gnu': 'nc netcat',
  nettools: 'arp hostname ifconfig netstat route domainname dnsdomainname …',
  nftables: 'nft',
  nix: 'nix nix-build nix-channel nix-collect-garbage nix-copy-closure nix-daemon nix-env nix-hash nix-instantiate nix-prefetch-url nix-shell nix-store',
  'nix-serve': 'nix-serve',
  nixos_anywhere: 'nixos-anywhere',
  'nixos-anywhere': 'nixos-anywhere',
  nkeys: 'nk',
  nodejs: 'node npm npx corepack',
  nsc: 'nsc',
  ntfy: 'ntfy',
  'ntfy-sh': 'ntfy',
  oauth2c: 'oauth2c',
  oathToolkit: 'oathtool pskctool',
  'oath-toolkit': 'oathtool pskctool',
  openldap:
    'ldapadd ldapcompare ldapdelete ldapexop ldapmodify ldapmodrdn ldappasswd ldapsearch ldapurl ldapwhoami slappasswd slapadd slapcat slaptest slapd …',
  openssh: 'ssh ssh-add ssh-agent ssh-copy-id ssh-keygen ssh-keyscan scp sftp sshd',
  openssl: 'openssl c_rehash',
  openssl_3: 'openssl c_rehash',
  openvpn: 'openvpn',
  p7zip: '7z 7za 7zr',
  pass: 'pass passmenu',
  passage: 'passage',
  perl: 'perl cpan corelist enc2xs json_pp pod2man prove shasum xsubpp zipdetails …',
  php: 'php phar php-cgi php-fpm phpdbg php-config phpize phar.phar',
  pinentry: 'pinentry',
  'pinentry-curses': 'pinentry pinentry-curses',
  postgresql:
    'psql pg_dump pg_dumpall pg_restore createdb createuser dropdb dropuser initdb pg_ctl postgres …',
  procps: 'ps pgrep pkill free kill pidof pmap pwdx sysctl tload top uptime vmstat w watch slabtop …',
  psmisc: 'fuser killall pslog pstree peekfd prtstat pstree.x11',
  putty: 'plink pscp psftp puttygen pageant putty …',
  pwgen: 'pwgen',
  pwgen_secure: 'pwgen-secure',
  'pwgen-secure': 'pwgen-secure',
  python3: 'python python3 python3.13 idle idle3 pydoc pydoc3 2to3 python3-config …',
  python312: 'python python3 python3.12 idle idle3 pydoc pydoc3 2to3 python3-config …',
  python313: 'python python3 python3.13 idle idle3 pydoc pydoc3 python3-config …',
  python3Minimal: 'python python3 python3.13 idle idle3 pydoc pydoc3 …',
  qrencode: 'qrencode',
  'radicle-node': 'rad radicle-node git-remote-rad …',
  rage: 'rage rage-keygen rage-mount',
  rbw: 'rbw rbw-agent',
  rclone: 'rclone',
  restic: 'restic',
  ripgrep: 'rg',
  rsync: 'rsync rsync-ssl',
  ruby: 'ruby irb gem erb bundle bundler rake …',
  rustic: 'rustic',
  sbctl: 'sbctl',
  screego: 'screego',
  shadow:
    'chage chgpasswd chpasswd groupadd groupdel groupmod gpasswd newgrp passwd pwck useradd userdel usermod vipw …',
  signify: 'signify',
  'simple-http-server': 'simple-http-server',
  smallstep: 'step step-ca',
  socat: 'socat filan procan socat-broker.sh socat-chain.sh socat-mux.sh socat1',
  sops: 'sops',
  sqlite: 'sqlite3 sqldiff',
  'sqlite-interactive': 'sqlite3 sqldiff',
  'ssh-to-age': 'ssh-to-age',
  'ssh-to-pgp': 'ssh-to-pgp',
  sshpass: 'sshpass',
  'step-ca': 'step-ca',
  'step-cli': 'step',
  strongswan: 'pki swanctl ipsec charon-cmd charon-systemd …',
  sudo: 'sudo sudoedit visudo sudoreplay cvtsudoers',
  syncthing: 'syncthing',
  systemd:
    'systemctl journalctl systemd-creds systemd-id128 systemd-cryptenroll systemd-machine-id-setup systemd-run systemd-tmpfiles udevadm loginctl hostnamectl networkctl resolvectl bootctl busctl systemd-ask-password …',
  tailscale: 'tailscale tailscaled tsidp get-authkey …',
  taplo: 'taplo',
  tinc: 'tincd',
  tinc_pre: 'tinc tincd',
  tor: 'tor tor-gencert tor-print-ed-signing-cert tor-resolve torify',
  'tpm2-tools': 'tpm2 …',
  tree: 'tree',
  unixtools_xxd: 'xxd',
  'unixtools.xxd': 'xxd',
  unzip: 'unzip funzip unzipsfx zipgrep zipinfo',
  'util-linux':
    'uuidgen uuidparse hexdump mcookie flock getopt column rev look findmnt lsblk lscpu mount umount blkid losetup nsenter unshare setpriv setsid script logger cal col colcrt colrm colnames dmesg fallocate fdisk hardlink ionice kill last lslocks mkfs more mountpoint partx prlimit rename renice sfdisk swapon taskset ul wall wdctl whereis wipefs …',
  utillinux: 'uuidgen uuidparse hexdump mcookie flock getopt column rev …',
  'util-linuxMinimal': 'uuidgen uuidparse hexdump mcookie flock getopt column rev …',
  vault: 'vault',
  'vault-bin': 'vault',
  vaultwarden: 'vaultwarden',
  vim: 'vim xxd vi view ex rvim vimdiff vimtutor rview',
  wget: 'wget',
  which: 'which',
  whois: 'whois mkpasswd',
  'wireguard-go': 'wireguard-go',
  'wireguard-tools': 'wg wg-quick',
  wpa_supplicant: 'wpa_supplicant wpa_passphrase wpa_cli',
  xkcdpass: 'xkcdpass',
  xxd: 'xxd',
  xxHash: 'xxhsum xxh32sum xxh64sum xxh128sum',
  xz: 'xz unxz xzcat lzma unlzma lzcat xzdiff xzgrep xzless xzmore lzmainfo xzdec lzmadec xzcmp xzegrep xzfgrep',
  yggdrasil: 'yggdrasil yggdrasilctl genkeys',
  yq: 'yq xq tomlq',
  'yq-go': 'yq',
  'yubikey-manager': 'ykman',
  zerotierone: 'zerotier-cli zerotier-idtool zerotier-one',
  zip: 'zip zipcloak zipnote zipsplit',
  zsh: 'zsh …',
  zstd: 'zstd unzstd zstdcat zstdgrep zstdless zstdmt pzstd',
  // Tools of clan-core's own package set.
  'zerotier-generate': 'zerotier-generate',
};

export interface PackageCommands {
  readonly commands: ReadonlySet<string>;
  /** False if the package has commands that are not listed. */
  readonly complete: boolean;
}

/**
 * What a package brings.
 * @param name its attribute below `pkgs`: `openssl`, `unixtools.xxd`; an output or version behind it is not looked at
 * @returns null for a package that is not known
 */
export function packageCommands(name: string): PackageCommands | null {
  const attribute = name.replace(/\.(bin|out|dev)$/, '');
  const listed = Object.hasOwn(PACKAGES, attribute) ? PACKAGES[attribute] : undefined;
  if (listed === undefined) return null;
  if (attribute.startsWith('coreutils')) return { commands: COREUTILS, complete: true };
  const names = listed.split(' ').filter(one => one !== '');
  return { commands: new Set(names.filter(one => one !== '…')), complete: !names.includes('…') };
}

let byCommand: ReadonlyMap<string, readonly string[]> | null = null;

/** Where a name is the main way to get a command, it comes first. */
const USUAL: ReadonlyMap<string, string> = new Map(
  Object.entries({
    openssl: 'openssl',
    awk: 'gawk',
    bash: 'bash',
    sh: 'bash',
    mkpasswd: 'mkpasswd',
    xxd: 'unixtools.xxd',
    hexdump: 'util-linux',
    nc: 'netcat',
    dig: 'dig',
    host: 'dig',
    nslookup: 'dig',
    nsupdate: 'dig',
    delv: 'dig',
    python3: 'python3',
    python: 'python3',
    git: 'git',
    curl: 'curl',
    argon2: 'libargon2',
    step: 'step-cli',
    'step-ca': 'step-ca',
    yq: 'yq-go',
    uuidgen: 'util-linux',
    hostname: 'hostname',
    ssh: 'openssh',
    scp: 'openssh',
    ntfy: 'ntfy-sh',
    tinc: 'tinc_pre',
    tincd: 'tinc_pre',
    psql: 'postgresql',
    kill: 'util-linux',
    whois: 'whois',
    sqlite3: 'sqlite',
    mc: 'minio-client',
    column: 'util-linux',
    vault: 'vault',
    ldapsearch: 'openldap',
    generate_signing_key: 'matrix-synapse',
  }),
);

/** The packages that bring a command, the usual one first. */
export function packagesWith(command: string): readonly string[] {
  byCommand ??= indexCommands();
  const found = byCommand.get(command) ?? [];
  const usual = USUAL.get(command);
  return usual === undefined ? found : [usual, ...found.filter(name => name !== usual)];
}

/**
 * The package to add for a command; null if none is known. `sure` is false where other packages bring a command of
 * that name and none of them is the usual one.
 */
export function packageFor(command: string): { readonly name: string; readonly sure: boolean } | null {
  const names = packagesWith(command);
  const [name] = names;
  if (name === undefined) return null;
  return { name, sure: names.length === 1 || USUAL.has(command) };
}

function indexCommands(): ReadonlyMap<string, readonly string[]> {
  const index = new Map<string, string[]>();
  for (const [name, listed] of Object.entries(PACKAGES)) {
    for (const command of new Set(listed.split(' '))) {
      if (command !== '' && command !== '…') index.set(command, [...(index.get(command) ?? []), name]);
    }
  }
  return index;
}

/** Commands that every script has: Bash's own, and those of coreutils if the surroundings bring them. */
export function isAlwaysThere(command: string): boolean {
  return BUILTINS.has(command) || COREUTILS.has(command);
}

/** The names of all packages that are known, in alphabetical order. */
export function packageNames(): readonly string[] {
  return Object.keys(PACKAGES);
}
