# SYNTAX TEST "source.nix" "generator scripts where another extension's grammar colours the Nix around them"

generators.a.script = ''
#            ^^^^^^ variable.other.other-nix
#                   ^ keyword.operator.other-nix
#                     ^^ string.quoted.indented.nix
  cat <<EOF > "$out"/x
# ^^^ meta.embedded.block.shellscript.varsmith entity.name.command.shell
#              ^^^^ variable.language.generator-directory.varsmith
  ${name}
#   ^^^^ meta.embedded.interpolation.script.nix variable.other.other-nix
'';
# <-- string.quoted.indented.nix - meta.embedded.block
after = ''$out'';
#         ^^^^ string.quoted.other.other-nix - variable.language.generator-directory.varsmith
# comment
# <- comment.line.other-nix
