# SYNTAX TEST "source.nix" "comments, keywords, builtins, constants and operators"

# a comment; let in
# <- comment.line.number-sign.nix punctuation.definition.comment.nix
# ^^^^^^^^^^^^^^^^^ comment.line.number-sign.nix - keyword.other.let.nix
a /* in between */ b
# ^^ comment.block.nix punctuation.definition.comment.nix
#    ^^^^^^^^^^ comment.block.nix
#                  ^ variable.other.nix - comment.block.nix
/** Documentation
    of a function. */
#   ^^^^^^^^^^^^^ comment.block.documentation.nix

let a = 1; in a
# <--- keyword.other.let.nix
#   ^ variable.other.property.nix
#          ^^ keyword.other.in.nix
#             ^ variable.other.nix

if a then b else c
# <-- keyword.control.conditional.nix
#    ^^^^ keyword.control.conditional.nix
#           ^^^^ keyword.control.conditional.nix

with lib; assert ok; rec { }
# <---- keyword.control.with.nix
#       ^ punctuation.terminator.statement.nix
#         ^^^^^^ keyword.control.assert.nix
#                    ^^^ keyword.other.rec.nix

a.b or c
#^ punctuation.accessor.nix
# ^ variable.other.member.nix
#   ^^ keyword.other.or.nix

[ in-house let' rectangle x.with withX ]
# ^^^^^^^^ variable.other.nix
#          ^^^^ variable.other.nix
#               ^^^^^^^^^ variable.other.nix
#                           ^^^^ variable.other.member.nix
#                                ^^^^^ variable.other.nix

builtins.mapAttrs f (import ./x) toString map trueish
# <-------- support.module.builtins.nix
#       ^ punctuation.accessor.nix
#        ^^^^^^^^ support.function.builtin.nix
#                    ^^^^^^ support.function.builtin.nix
#                                ^^^^^^^^ support.function.builtin.nix
#                                         ^^^ support.function.builtin.nix
#                                             ^^^^^^^ variable.other.nix

[ true false null ]
# ^^^^ constant.language.nix
#      ^^^^^ constant.language.nix
#            ^^^^ constant.language.nix

a == b && c != d || ! e -> f <= g
# ^^ keyword.operator.comparison.nix
#      ^^ keyword.operator.logical.nix
#           ^^ keyword.operator.comparison.nix
#                ^^ keyword.operator.logical.nix
#                   ^ keyword.operator.logical.nix
#                       ^^ keyword.operator.implication.nix
#                            ^^ keyword.operator.comparison.nix

a ++ b // c + 1 - 2 * 3 |> f
# ^^ keyword.operator.concatenation.nix
#      ^^ keyword.operator.update.nix
#           ^ keyword.operator.arithmetic.nix
#               ^ keyword.operator.arithmetic.nix
#                   ^ keyword.operator.arithmetic.nix
#                       ^^ keyword.operator.pipe.nix

f <| a ? b.c
# ^^ keyword.operator.pipe.nix
#      ^ keyword.operator.has-attribute.nix
#        ^ variable.other.member.nix
