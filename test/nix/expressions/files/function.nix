{ a, b ? 2, ... }@args: {
  sum = a + b;
  names = builtins.attrNames args;
}
