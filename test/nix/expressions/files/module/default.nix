{ name = "module"; other = import ../folder/value.nix; }
