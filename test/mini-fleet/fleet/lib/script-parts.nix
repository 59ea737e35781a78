{
  prelude = ''
    umask 077
  '';
  makeKey = name: ''openssl genrsa -out "$out/${name}.key" 4096'';
}
