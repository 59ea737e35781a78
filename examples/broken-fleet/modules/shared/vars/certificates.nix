# Certificates of our own: a root whose key stays at home, an intermediate authority that it signs, and a
# certificate for each machine. A certificate names its machine, so this is a module that is told it and
# no entry of the registry, which is the same for all.
{ machine }:
{ config, pkgs, ... }:
let
  inherit (config.clan.core.vars) generators;
in
{
  clan.core.vars.generators = {
    # Made once for all machines. Its key signs nothing but the intermediate authority.
    root-ca = {
      share = true;
      files.key.deploy = false;
      files.cert.secret = false;
      runtimeInputs = [ pkgs.openssl ];
      script = ''
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 7300 \
          -subj "/O=Windfall/CN=Windfall Root CA" \
          -addext "basicConstraints = critical, CA:true" \
          -addext "keyUsage = critical, keyCertSign, cRLSign" \
          -keyout "$out/key" -out "$out/cert"
      '';
    };

    intermediate-ca = {
      share = true;
      dependencies = [ "root-ca" ];
      files.key.deploy = false;
      files.cert.secret = false;
      runtimeInputs = [ pkgs.openssl ];
      script = ''
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 3650 \
          -CA "$in/root-ca/cert" -CAkey "$in/root-ca/key" \
          -subj "/O=Windfall/CN=Windfall Intermediate CA" \
          -addext "basicConstraints = critical, CA:true, pathlen:0" \
          -addext "keyUsage = critical, keyCertSign, cRLSign" \
          -keyout "$out/key" -out "$out/cert"
      '';
    };

    # One for each machine. Servers present `chain`, so that clients need to know the root alone.
    host-certificate = {
      dependencies = [ "intermediate-ca" ];
      files.key = { };
      files.cert.secret = false;
      files.chain.secret = false;
      runtimeInputs = [ pkgs.openssl ];
      script = ''
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 800 \
          -CA "$in/intermediate-ca/cert" -CAkey "$in/intermediate-ca/key" \
          -subj "/O=Windfall/CN=${machine}.windfall.internal" \
          -addext "basicConstraints = critical, CA:false" \
          -addext "subjectAltName = DNS:${machine}.windfall.internal" \
          -keyout "$out/key" -out "$out/cert"
        cat "$out/cert" "$in/intermediate-ca/cert" > "$out/chain"
      '';
    };
  };

  security.pki.certificateFiles = [ generators.root-ca.files.cert.path ];
}
