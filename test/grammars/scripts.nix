# SYNTAX TEST "source.nix" "generator scripts: Bash inside of Nix strings, and Nix inside of that again"

{
  generators.first.script = ''
# ^^^^^^^^^^ variable.other.property.nix
#                  ^^^^^^ variable.other.property.nix
#                         ^ keyword.operator.assignment.nix
#                           ^^ string.quoted.indented.nix punctuation.definition.string.begin.nix
    openssl rand -hex 32 > "$out"/key # don't stop: 'here
#   ^^^^^^^ meta.embedded.block.shellscript.varsmith entity.name.command.shell
#                        ^ keyword.operator.redirect.shell
#                          ^ string.quoted.double.shell
#                           ^^^^ string.quoted.double.shell variable.language.generator-directory.varsmith
#                           ^ punctuation.definition.variable.shell
#                                     ^^^^^^^^^^^^^^^^^^^ comment.line.number-sign.shell
    cat $in/dep/file "$prompts/p" $input '$out' \$out
#       ^^^ variable.language.generator-directory.varsmith
#                     ^^^^^^^^ string.quoted.double.shell variable.language.generator-directory.varsmith
#                                 ^^^^^^ - variable.language.generator-directory.varsmith
#                                         ^^^^ string.quoted.single.shell - variable.language.generator-directory.varsmith
    echo "${config.x."y"} ${z}" ''${out}/a ''${#HOME} ''$a ''' $${no}
#         ^^ string.quoted.double.shell meta.embedded.interpolation.script.nix punctuation.section.embedded.begin.nix
#           ^^^^^^ meta.embedded.interpolation.script.nix variable.other.nix
#                           ^ meta.embedded.interpolation.script.nix variable.other.nix
#                               ^^ meta.parameter-expansion.shell constant.character.escape.nix
#                                 ^ punctuation.definition.variable.shell
#                                   ^^^ variable.language.generator-directory.varsmith
#                                              ^^^^^ variable.other.normal.shell
#                                                     ^^^ constant.character.escape.nix
#                                                          ^^^ constant.character.escape.nix
#                                                              ^^ constant.character.escape.nix
#                                                                ^^^^ - meta.embedded.interpolation
  '';
# ^^ string.quoted.indented.nix punctuation.definition.string.end.nix - meta.embedded.block
#   ^ punctuation.terminator.statement.nix

  # What Bash leaves open ends with the string of Nix at the latest.
# ^ comment.line.number-sign.nix
  second.script = ''
    cat > "$out/conf" <<EOF
#                     ^^ keyword.operator.heredoc.shell
#                       ^^^ punctuation.definition.string.heredoc.delimiter.shell
      it's in $out and ${x}, "all" of it
#     ^^^^^^^ string.unquoted.heredoc.shell
#             ^^^^ variable.language.generator-directory.varsmith
#                        ^ meta.embedded.interpolation.script.nix variable.other.nix
    EOF
#   ^^^ punctuation.definition.string.heredoc.delimiter.shell
    cat <<'END' > "$out/raw"
#               ^ keyword.operator.redirect.shell
      $out
#     ^^^^ string.quoted.heredoc.shell - variable.language.generator-directory.varsmith
    END
    jq -n '
#         ^ string.quoted.single.shell
      { out: "$out" }
#            ^^^^^^ string.quoted.single.shell - string.quoted.double.shell variable.language.generator-directory.varsmith
    ' > "$out/json"
#   ^ string.quoted.single.shell punctuation.definition.string.end.shell
#     ^ keyword.operator.redirect.shell
    echo "one
      $in two" > x
#     ^^^ string.quoted.double.shell variable.language.generator-directory.varsmith
#         ^^^^ string.quoted.double.shell
#              ^ keyword.operator.redirect.shell
    age-keygen \
#              ^ constant.character.escape.line-continuation.shell
      -o "$out"/key
#     ^^^^^^^^^^^^^ - entity.name.command.shell
#         ^^^^ variable.language.generator-directory.varsmith
    echo 'never closed
#        ^^^^^^^^^^^^^ string.quoted.single.shell
  '';
# ^^ string.quoted.indented.nix punctuation.definition.string.end.nix
  third = 1;
# ^^^^^ variable.other.property.nix - meta.generator-script.varsmith

  script = ''openssl rand -hex 32 > $out/key'';
#          ^^ punctuation.definition.string.begin.nix
#            ^^^^^^^ entity.name.command.shell
#                          ^^^ constant.other.option
#                                   ^^^^ variable.language.generator-directory.varsmith
#                                           ^^ punctuation.definition.string.end.nix
#                                             ^ punctuation.terminator.statement.nix
  script = "cp \"$prompts/${name}\" $out/key";
#          ^ string.quoted.double.nix punctuation.definition.string.begin.nix
#           ^^ meta.embedded.block.shellscript.quoted.varsmith entity.name.command.shell
#              ^^ constant.character.escape.nix
#                ^^^^^^^^ variable.language.generator-directory.varsmith
#                           ^^^^ meta.embedded.interpolation.script.nix variable.other.nix
#                                   ^^^^ variable.language.generator-directory.varsmith
#                                           ^ string.quoted.double.nix punctuation.definition.string.end.nix
  script =
    lib.mkDefault ''
#   ^^^ meta.generator-script.varsmith variable.other.nix
#                 ^^ punctuation.definition.string.begin.nix
      pwgen 32 > $out/key
#     ^^^^^ entity.name.command.shell
    '';
  script = lib.mkIf (a == "b") (''
#                         ^ string.quoted.double.nix - meta.embedded.block
    cp a $out
#        ^^^^ variable.language.generator-directory.varsmith
  '' + "cat $in/x/y");
# ^^ punctuation.definition.string.end.nix
#       ^^^ meta.embedded.block.shellscript.quoted.varsmith
#           ^^^ variable.language.generator-directory.varsmith
#                   ^ punctuation.section.parentheses.end.nix - meta.embedded.block
  script = let dir = "$out"; in ''
#                    ^^^^^^ string.quoted.double.nix - meta.embedded.block
    ${lib.concatMapStringsSep "\n" (name: ''
#                              ^^ constant.character.escape.nix
#                                   ^^^^ variable.parameter.nix
      cp $in/${name} $out
#     ^^ meta.embedded.block.shellscript.inner.varsmith entity.name.command.shell
#        ^^^ variable.language.generator-directory.varsmith
#              ^^^^ meta.embedded.interpolation.inner.nix variable.other.nix
    '') names}
#       ^^^^^ meta.embedded.interpolation.script.nix variable.other.nix - meta.embedded.block.shellscript.inner.varsmith
    echo $out
#        ^^^^ variable.language.generator-directory.varsmith
  '';

  # Other strings stay what they were.
  scripts = ''echo $out'';
#             ^^^^^^^^^ string.quoted.indented.nix - meta.embedded.block
  script = lib.mkOption { description = ''echo $out''; };
#                                         ^^^^^^^^^ string.quoted.indented.nix - meta.embedded.block
  script = pkgs.writers.writePython3 "name" { } ''
    print("$out")
#          ^^^^ string.quoted.indented.nix - meta.embedded.block
  '';
  after = "$out";
#         ^^^^^^ string.quoted.double.nix - meta.embedded.block
}
