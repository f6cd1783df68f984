// Last in the script: everything is declared.
start();
