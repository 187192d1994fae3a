// The Pulumi CLI, built from the Go module proxy where no CLI is installed.
module pulumi-cli

go 1.26.6

require (
	github.com/pulumi/pulumi/pkg/v3 v3.276.0
	github.com/pulumi/pulumi/sdk/v3 v3.276.0
)

// The CLI's own go.mod has this line; a replacement counts only in the main module.
replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e
