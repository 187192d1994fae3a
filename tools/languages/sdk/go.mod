// The CLI's language hosts for Node.js and Go: the last release that has both in a module that the proxy serves.
module pulumi-language-hosts

go 1.24

require github.com/pulumi/pulumi/sdk/v3 v3.61.0
