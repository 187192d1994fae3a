"""`make demo`: one recording from start to stop, with the real Pulumi engine on the local emulator."""
