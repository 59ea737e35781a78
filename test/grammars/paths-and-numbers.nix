# SYNTAX TEST "source.nix" "paths, search paths, URIs and numbers, and what only looks like them"

[ ./a ../b/c.nix /etc/nixos ~/dots dir/file.nix ]
# ^^^ string.unquoted.path.nix
#     ^^^^^^^^^^ string.unquoted.path.nix
#                ^^^^^^^^^^ string.unquoted.path.nix
#                           ^^^^^^ string.unquoted.path.nix
#                                  ^^^^^^^^^^^^ string.unquoted.path.nix
#                                               ^ punctuation.section.list.end.nix

./machines/${name}/vars.nix
# ^^^^^^^^^ string.unquoted.path.nix
#          ^^ string.unquoted.path.nix meta.embedded.interpolation.nix punctuation.section.embedded.begin.nix
#            ^^^^ variable.other.nix
#                ^ punctuation.section.embedded.end.nix
#                 ^^^^^^^^^ string.unquoted.path.nix - meta.embedded.interpolation.nix

import <nixpkgs/lib> null
#      ^^^^^^^^^^^^^ string.unquoted.search-path.nix

https://example.org/x?y=1#not-part-of-it
# <------------------------- string.unquoted.uri.nix
#                         ^ comment.line.number-sign.nix

x:x (x: x)
# <--- string.unquoted.uri.nix
#    ^ variable.parameter.nix
#     ^ punctuation.definition.function.nix

a / b // c
# ^ keyword.operator.arithmetic.nix
#     ^^ keyword.operator.update.nix

a//b
# <- variable.other.nix
#^^ keyword.operator.update.nix
#  ^ variable.other.nix

[ 42 3.14 .5 6.02e23 x1 ]
# ^^ constant.numeric.integer.nix
#    ^^^^ constant.numeric.float.nix
#         ^^ constant.numeric.float.nix
#            ^^^^^^^ constant.numeric.float.nix
#                    ^^ variable.other.nix
