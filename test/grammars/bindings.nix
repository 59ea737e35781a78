# SYNTAX TEST "source.nix" "attribute sets, function parameters, and recovery from half-typed code"

{
  vars.generators."api key".files = 1;
# ^^^^ variable.other.property.nix
#     ^ punctuation.accessor.nix
#      ^^^^^^^^^^ variable.other.property.nix
#                 ^^^^^^^^^ string.quoted.double.nix variable.other.property.nix
#                           ^^^^^ variable.other.property.nix
#                                 ^ keyword.operator.assignment.nix
#                                    ^ punctuation.terminator.statement.nix
  "svc-${name}" = x.y;
#        ^^^^ variable.other.property.nix meta.embedded.interpolation.nix variable.other.nix
#                 ^ variable.other.nix - variable.other.property.nix
  ${dynamic} = same == other;
# ^^ punctuation.section.embedded.begin.nix
#              ^^^^ variable.other.nix - variable.other.property.nix
#                   ^^ keyword.operator.comparison.nix
  inherit (lib) mkIf "quoted";
# ^^^^^^^ keyword.other.inherit.nix
#          ^^^ variable.other.nix
#               ^^^^ variable.other.property.nix
#                    ^^^^^^^^ string.quoted.double.nix
  long = let inner = 1; in with inner; inner;
#            ^^^^^ variable.other.property.nix
#                       ^^ keyword.other.in.nix
#                          ^^^^ keyword.control.with.nix
  next = { };
# ^^^^ variable.other.property.nix
}

{ lib, pkgs ? import ./pkgs.nix, ... }@args: lib
# <- punctuation.section.braces.begin.nix
# ^^^ variable.parameter.nix
#    ^ punctuation.separator.comma.nix
#      ^^^^ variable.parameter.nix
#           ^ keyword.operator.default.nix
#             ^^^^^^ support.function.builtin.nix
#                                ^^^ keyword.operator.ellipsis.nix
#                                     ^ punctuation.separator.pattern.nix
#                                      ^^^^ variable.parameter.nix
#                                          ^ punctuation.definition.function.nix
#                                            ^^^ variable.other.nix - variable.parameter.nix

args@{
# <---- variable.parameter.nix
#   ^ punctuation.separator.pattern.nix
  lib,
# ^^^ variable.parameter.nix
  settings ? { },
# ^^^^^^^^ variable.parameter.nix
#            ^ punctuation.section.braces.begin.nix
}:
# <- punctuation.section.braces.end.nix
#^ punctuation.definition.function.nix

machine: { name }: name
# <------- variable.parameter.nix
#          ^^^^ variable.parameter.nix
#                  ^^^^ variable.other.nix - variable.parameter.nix

(let a = 1 in a)
#        ^ constant.numeric.integer.nix
#          ^^ keyword.other.in.nix
#              ^ punctuation.section.parentheses.end.nix

{ a = (let b = ; }
after = 1;
# <----- variable.other.property.nix
