#inc\
lude </etc/shadow>
%:include "x"
int main(void) { (f)(1); (*g)(2); h[0](3); char c = '"'; "a\"b" /* x
