# D6: files and prompts in every mixture of spellings.
let
  mode = "0440";
in
{
  clan.core.vars.generators.chat = {
    files.signing-key = { };
    files."homeserver.yaml".secret = false;
    files."homeserver.yaml".owner = "chat";
    files.registration = { inherit mode; };
    prompts.admin.type = "hidden";
    prompts."admin".persist = true;
    prompts.motd = {
      type = "multiline";
    };
    script = ''
      head -c 32 /dev/urandom > $out/signing-key
      echo "motd: $(cat $prompts/motd)" > $out/homeserver.yaml
      echo "shared: $(cat $out/signing-key)" > $out/registration
    '';
  };
}
