# SYNTAX TEST "source.nix" "strings, their escapes, and interpolation nested to any depth"

"plain"
# <- string.quoted.double.nix punctuation.definition.string.begin.nix
#^^^^^ string.quoted.double.nix
#     ^ string.quoted.double.nix punctuation.definition.string.end.nix

"tab \t quote \" dollar \${notInterpolated} twice $${notInterpolated}"
#    ^^ constant.character.escape.nix
#             ^^ constant.character.escape.nix
#                       ^^ constant.character.escape.nix
#                         ^^^^^^^^^^^^^^^^^ string.quoted.double.nix - meta.embedded.interpolation.nix
#                                                 ^^ constant.character.escape.nix
#                                                   ^^^^^^^^^^^^^^^^^ string.quoted.double.nix - meta.embedded.interpolation.nix

"a ${b + "c ${d} e" + { f = 1; }.f} g"
#  ^^ punctuation.section.embedded.begin.nix
#    ^ meta.embedded.interpolation.nix variable.other.nix
#        ^^^ meta.embedded.interpolation.nix string.quoted.double.nix
#           ^^ punctuation.section.embedded.begin.nix
#             ^ variable.other.nix
#              ^ punctuation.section.embedded.end.nix
#                     ^ punctuation.section.braces.begin.nix
#                       ^ variable.other.property.nix
#                              ^ punctuation.section.braces.end.nix
#                                 ^ punctuation.section.embedded.end.nix
#                                  ^^ string.quoted.double.nix - meta.embedded.interpolation.nix

''one line''
# <-- string.quoted.indented.nix punctuation.definition.string.begin.nix
# ^^^^^^^^ string.quoted.indented.nix
#         ^^ punctuation.definition.string.end.nix

''
  quotes ''' stay, ''${notInterpolated}, $${notInterpolated}
#        ^^^ constant.character.escape.nix
#                  ^^^ constant.character.escape.nix
#                     ^^^^^^^^^^^^^^^^ string.quoted.indented.nix - meta.embedded.interpolation.nix
#                                        ^^ constant.character.escape.nix
#                                          ^^^^^^^^^^^^^^^^ string.quoted.indented.nix - meta.embedded.interpolation.nix
  a newline ''\n, a bare \n, an apostrophe ' and '${x}'
#           ^^^^ constant.character.escape.nix
#                        ^^ - constant.character.escape.nix
#                                          ^ string.quoted.indented.nix - constant.character.escape.nix
#                                                 ^^ punctuation.section.embedded.begin.nix
  nested ${''inner ${deep}''} outer
#          ^^ string.quoted.indented.nix meta.embedded.interpolation.nix string.quoted.indented.nix
#                    ^^^^ variable.other.nix
#                           ^ punctuation.section.embedded.end.nix
#                             ^^^^^ string.quoted.indented.nix - meta.embedded.interpolation.nix
''
# <-- punctuation.definition.string.end.nix

''ends after an escaped pair '''''
#                            ^^^ constant.character.escape.nix
#                               ^^ punctuation.definition.string.end.nix

after
# <----- variable.other.nix - string.quoted.indented.nix
