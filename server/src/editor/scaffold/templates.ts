/**
 * Templates of whole generators, as snippets: `$1`, `${1:name}` and `$0` are placeholders, `\$` is a dollar
 * sign. Each template evaluates and is checked by our own rules.
 */

export interface Template {
  readonly label: string;
  readonly text: string;
  /** A whole binding for the set of a machine's generators. */
  readonly body: string;
}

export const TEMPLATES: readonly Template[] = [
  {
    label: 'generator: from a prompt',
    text: 'A secret that is typed in once and stored as a file.',
    body: `\${1:api-token} = {
  prompts.\${2:token} = {
    description = "\${3:Token of the service}";
    type = "hidden";
    persist = true;
  };
};`,
  },
  {
    label: 'generator: environment file',
    text: 'A file for `EnvironmentFile=`, made from a prompt.',
    body: `\${1:service-env} = {
  files.env = { };
  prompts.\${2:token} = {
    description = "\${3:Token of the service}";
    type = "hidden";
  };
  script = ''
    printf '\${4:TOKEN}=%s\\n' "\\$(cat "\\$prompts/\${2:token}")" > "\\$out/env"
  '';
};`,
  },
  {
    label: 'generator: random password',
    text: 'A password of random words.',
    body: `\${1:password} = {
  files.password = { };
  runtimeInputs = [ pkgs.xkcdpass ];
  script = ''
    xkcdpass --numwords \${2:6} --delimiter - | tr -d '\\n' > "\\$out/password"
  '';
};`,
  },
  {
    label: 'generator: password and hash',
    text: 'A random password that is not deployed, and its hash for `hashedPasswordFile`.',
    body: `\${1:user-password} = {
  files.password.deploy = false;
  files.hash.neededFor = "users";
  runtimeInputs = [
    pkgs.mkpasswd
    pkgs.xkcdpass
  ];
  script = ''
    xkcdpass --numwords 6 --delimiter - | tr -d '\\n' > "\\$out/password"
    mkpasswd --stdin --method=yescrypt < "\\$out/password" > "\\$out/hash"
  '';
};`,
  },
  {
    label: 'generator: SSH key',
    text: 'An SSH key pair: the private key is deployed, the public key is in the repository.',
    body: `\${1:ssh-key} = {
  files."id_ed25519" = { };
  files."id_ed25519.pub".secret = false;
  runtimeInputs = [ pkgs.openssh ];
  script = ''
    ssh-keygen -q -t ed25519 -N "" -C "\${1:ssh-key}" -f "\\$out/id_ed25519"
  '';
};`,
  },
  {
    label: 'generator: WireGuard key',
    text: 'A WireGuard key pair.',
    body: `\${1:wireguard} = {
  files.private = { };
  files.public.secret = false;
  runtimeInputs = [ pkgs.wireguard-tools ];
  script = ''
    wg genkey > "\\$out/private"
    wg pubkey < "\\$out/private" > "\\$out/public"
  '';
};`,
  },
  {
    label: 'generator: certificate authority and certificate',
    text: 'A certificate authority for all machines, whose key is never deployed, and a certificate that it signs.',
    body: `\${1:ca} = {
  share = true;
  files."ca.key".deploy = false;
  files."ca.crt".secret = false;
  runtimeInputs = [ pkgs.openssl ];
  script = ''
    openssl ecparam -name prime256v1 -genkey -noout -out "\\$out/ca.key"
    openssl req -x509 -new -key "\\$out/ca.key" -days 3650 -subj "/CN=\${2:Our CA}" -out "\\$out/ca.crt"
  '';
};
\${3:web-certificate} = {
  dependencies = [ "\${1:ca}" ];
  files."tls.key" = { };
  files."tls.crt".secret = false;
  runtimeInputs = [ pkgs.openssl ];
  script = ''
    openssl ecparam -name prime256v1 -genkey -noout -out "\\$out/tls.key"
    openssl req -new -key "\\$out/tls.key" -subj "/CN=\${4:web.internal}" \\
      | openssl x509 -req -days 365 -CA "\\$in/\${1:ca}/ca.crt" -CAkey "\\$in/\${1:ca}/ca.key" -out "\\$out/tls.crt"
  '';
};`,
  },
];

/** Returns a snippet as plain text, with the default texts of its placeholders. */
export function filledIn(body: string): string {
  return body.replace(
    /\\([\\$}])|\$\{\d+\|([^,|]*)[^}]*\}|\$\{\d+:([^}]*)\}|\$\{?\d+\}?/g,
    (_, escaped?: string, choice?: string, example?: string) => escaped ?? choice ?? example ?? '',
  );
}
