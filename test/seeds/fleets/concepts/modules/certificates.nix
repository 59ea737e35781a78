# root-ca → intermediate-ca → service-cert
#                ↓
#          ocsp-responder
{ config, pkgs, ... }:
let
  # A key, and a certificate that the generator above signs.
  signed = issuer: name: {
    dependencies = [ issuer ];
    files."${name}.key" = { };
    files."${name}.crt".secret = false;
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl ecparam -genkey -name prime256v1 -noout -out "$out/${name}.key"
      openssl req -new -key "$out/${name}.key" -subj "/CN=${name}" -out request.csr
      openssl x509 -req -in request.csr -days 365 -CAcreateserial -CA "$in/${issuer}/${issuer}.crt" -CAkey "$in/${issuer}/${issuer}.key" -out "$out/${name}.crt"
    '';
  };
in
{
  clan.core.vars.generators = {
    root-ca = {
      files."root-ca.key".deploy = false;
      files."root-ca.crt".secret = false;
      runtimeInputs = [ pkgs.openssl ];
      script = ''
        openssl ecparam -genkey -name prime256v1 -noout -out "$out/root-ca.key"
        openssl req -x509 -new -key "$out/root-ca.key" -days 3650 -subj "/CN=root" -out "$out/root-ca.crt"
      '';
    };
    intermediate-ca = signed "root-ca" "intermediate-ca" // {
      files."intermediate-ca.key".deploy = false;
      files."intermediate-ca.crt".secret = false;
    };
    service-cert = signed "intermediate-ca" "service-cert";
    ocsp-responder = signed "intermediate-ca" "ocsp-responder";
  };

  services.nginx.virtualHosts.web = {
    sslCertificateKey = config.clan.core.vars.generators.service-cert.files."service-cert.key".path;
    sslCertificate = config.clan.core.vars.generators.service-cert.files."service-cert.crt".path;
  };
  security.pki.certificates = [ config.clan.core.vars.generators.root-ca.files."root-ca.crt".value ];
}
