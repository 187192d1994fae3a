// The CLI's language host for Python: the last release in which it was part of a module that the proxy serves.
module pulumi-language-python

go 1.24

require github.com/pulumi/pulumi/sdk/v3 v3.78.0
