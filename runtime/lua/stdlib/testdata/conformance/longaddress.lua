-- A long string is an object: equal ones have addresses of their own.
local c, d = ("x"):rep(50), ("x"):rep(50)
print(c == d, string.format("%p", c) == string.format("%p", d), string.format("%p", c) == string.format("%p", c))
