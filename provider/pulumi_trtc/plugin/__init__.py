"""The plugin: the second adapter, for all of Pulumi's languages, over Pulumi's provider protocol."""
