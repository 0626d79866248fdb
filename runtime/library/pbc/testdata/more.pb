
*bproto2more

more.proto"
A	(
x 